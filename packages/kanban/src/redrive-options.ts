import { checkFunction, checkNumber, checkObject, checkOneOf } from '@tps/internal'
import type { DeadLetter } from './dead-letter.ts'
import type { Receipt } from './entry.ts'

/** Where a redrive puts items in: a `PullQueue`, or anything else with `offer`. */
export interface RedriveIntake<T> {
  /** `true` when it has taken the item, `false` when it has no room. An error with the code `ERR_QUEUE_FULL` is a `false`. */
  offer(item: T, options?: RedrivePutOptions): boolean | PromiseLike<boolean>
  /** Waits for room. Used for `whenFull: 'wait'`. */
  put?(item: T, options?: RedrivePutOptions): PromiseLike<void>
  /** Whether `receipt` works here: then an item that was done is forgotten at once, and not taken for poison later. */
  readonly carriesReceipts?: boolean
}

/** What comes with an item that is sent back. */
export interface RedrivePutOptions {
  /** Aborts when the redrive is aborted or stopped. */
  readonly signal?: AbortSignal | undefined
  readonly receipt?: Receipt | undefined
}

/** What a function is told that takes items back. */
export interface RedriveContext<T> {
  readonly letter: DeadLetter<T>
  /** Aborts when the redrive is aborted or stopped. */
  readonly signal: AbortSignal
}

/** Takes items that are sent back: `true` when it has, `false` when it has no room now. */
export type RedriveTarget<T> =
  | RedriveIntake<T>
  | ((item: T, context: RedriveContext<T>) => boolean | PromiseLike<boolean>)

/** Which dead letters to send back, where, and how fast. */
export interface RedriveOptions<T> {
  /** Default: the queue's own `into`. */
  readonly into?: RedriveTarget<T> | undefined
  /**
   * How many are sent a second at most: each at least 1000 ÷ `perSecond` ms after the one before, the first one at once, and
   * no burst after a delay. Timers of the platform take a millisecond or more, so about 1000 is the most that comes out.
   * Each redrive has a pace of its own. Greater than 0. Default `Infinity`: as fast as the target takes them.
   */
  readonly perSecond?: number | undefined
  /** Asked about each letter when its turn comes. Default: all. */
  readonly filter?: ((letter: DeadLetter<T>) => boolean) | undefined
  /** What to do with poison: leave it (`'skip'`, default), send it too (`'include'`), or send nothing else (`'only'`). */
  readonly poison?: 'skip' | 'include' | 'only' | undefined
  /**
   * What to do with a letter that the target has no room for. It stays here in any case.
   * - `wait` (default): wait for room, by the target's `put` where it has one, by offering again every 100 ms otherwise.
   * - `stop`: end the redrive.
   * - `skip`: go on with the next one.
   */
  readonly whenFull?: 'wait' | 'stop' | 'skip' | undefined
  /** Ends the redrive. What the target has not taken stays here. */
  readonly signal?: AbortSignal | undefined
}

/** What a redrive came to. */
export interface RedriveReport {
  /** How many were sent back. */
  readonly redriven: number
  /** How many the target had no room for, with `whenFull: 'stop'` or `'skip'`. */
  readonly refused: number
  /** How many `filter` or `poison` left out. */
  readonly skipped: number
  /** How many are here now, whatever the reason. */
  readonly remaining: number
  /** Why it ended: every letter had its turn, the target was full, the redrive was aborted, or something threw. */
  readonly ended: 'done' | 'full' | 'aborted' | 'failed'
  /** What the target or the filter threw, when it `failed`. The letter it threw at is still here. */
  readonly error?: unknown
}

/** Options with nothing left open. */
export interface CheckedRedriveOptions<T> {
  readonly into: RedriveTarget<T>
  /** The least time between two, in ms. */
  readonly spacingMs: number
  readonly wants: (letter: DeadLetter<T>) => boolean
  readonly whenFull: 'wait' | 'stop' | 'skip'
  readonly signal: AbortSignal | undefined
}

export function checkTarget<T>(into: RedriveTarget<T>): RedriveTarget<T> {
  if (typeof into === 'function') return into
  if (typeof into !== 'object' || into === null)
    throw new TypeError(`into must be a function or an object with a method offer(), got ${String(into)}`)
  return checkObject('into', into, ['offer'])
}

export function checkRedriveOptions<T>(
  options: RedriveOptions<T>,
  ownTarget: RedriveTarget<T> | undefined,
): CheckedRedriveOptions<T> {
  const {
    into = ownTarget,
    perSecond = Number.POSITIVE_INFINITY,
    filter = () => true,
    poison = 'skip',
    whenFull = 'wait',
    signal,
  } = checkObject('options', options)
  if (into === undefined) throw new TypeError('into must be given, to the redrive or to the dead-letter queue')
  checkFunction('filter', filter)
  checkOneOf('poison', poison, ['skip', 'include', 'only'])
  return {
    into: checkTarget(into),
    spacingMs: perSecond === Number.POSITIVE_INFINITY ? 0 : 1_000 / checkNumber('perSecond', perSecond, { above: 0 }),
    wants: (letter) => (poison === 'include' || letter.poison === (poison === 'only')) && filter(letter),
    whenFull: checkOneOf('whenFull', whenFull, ['wait', 'stop', 'skip']),
    signal: signal === undefined ? undefined : checkObject('signal', signal, ['addEventListener']),
  }
}
