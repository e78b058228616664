import { type Clock, type Observable, Ring, SafeEmitter, checkBoolean, checkInteger, checkObject } from '@tps/internal'
import { InOrder } from './board-order.ts'
import { CordFullError } from './cord-error.ts'
import { type CordOptions, checkCordOptions } from './cord-options.ts'
import {
  type CordPull,
  type HeldPull,
  type PastPull,
  type PullOptions,
  type ReleaseOptions,
  checkPull,
  checkText,
} from './cord-pull.ts'
import { CordWaiters } from './cord-waiters.ts'
import { readWall } from './wall.ts'

/** What a cord tells. The cord is already pulled or released when an event goes out. */
export interface CordEvents {
  /** Somebody pulled. `pulls` is how many are held now. */
  pull: [event: { readonly pull: CordPull; readonly pulls: number }]
  /** A pull was released. `pulls` is how many are held still. */
  release: [event: { readonly pull: PastPull; readonly pulls: number }]
  /** The first pull: the line stops. After its `pull`. */
  stop: [event: { readonly pull: CordPull }]
  /** The last release: the line runs again. After its `release`. */
  run: [event: { readonly pull: PastPull; readonly stoppedMs: number }]
}

/** The readings of a `Cord`: plain JSON. */
export interface CordSnapshot {
  readonly name: string
  readonly isPulled: boolean
  /** What is held, the oldest first. */
  readonly pulls: readonly CordPull[]
  /** For how long the line has stood, in ms; 0 while it runs. */
  readonly stoppedMs: number
  /** Pulls since it was made. */
  readonly pulled: number
  /** Pulls and waiting calls refused because of a bound. */
  readonly refused: number
  /** Calls that wait in `whenReleased`. */
  readonly waiting: number
  /** How many released pulls `history()` holds. */
  readonly history: number
}

/** What a cord can stop: a circuit breaker of jidoka fits. */
export interface Stoppable {
  /** Stops it until what this returns is released. */
  forceOpen(reason?: string): { release(): void }
}

/** Anyone may stop the line by pulling it; the line runs again once every pull has been released. Owns no timer. */
export class Cord implements Observable<CordEvents> {
  readonly name: string
  readonly #held = new Map<number, { readonly pull: CordPull; readonly atMs: number }>()
  readonly #past = new Ring<PastPull>()
  readonly #events: SafeEmitter<CordEvents>
  readonly #order = new InOrder()
  readonly #waiters: CordWaiters
  readonly #maxPulls: number
  readonly #historySize: number
  readonly #clock: Clock
  readonly #wallNow: () => number
  #stoppedAtMs = 0
  #pulled = 0
  #refused = 0

  /** @throws {TypeError | RangeError} when an option is wrong, with its name, the allowed range and the value. */
  constructor(options: CordOptions = {}) {
    const checked = checkCordOptions(options)
    this.name = checked.name
    this.#maxPulls = checked.maxPulls
    this.#historySize = checked.historySize
    this.#clock = checked.clock
    this.#wallNow = checked.wallNow
    this.#events = new SafeEmitter(checked.onListenerError)
    this.#waiters = new CordWaiters(checked.name, checked.maxWaiting)
  }

  /** Whether the line has to stand still. */
  get isPulled(): boolean {
    return this.#held.size > 0
  }

  /** Adds a listener and returns what takes it away again. */
  on<E extends keyof CordEvents>(event: E, listener: (...args: CordEvents[E]) => void): () => void {
    return this.#events.on(event, listener)
  }

  /**
   * Stops the line until this pull, and every other one, is released.
   * @throws {TypeError | RangeError} when a text is missing or too long.
   * @throws {CordFullError} when `maxPulls` are held already.
   */
  pull(options: PullOptions): HeldPull {
    const checked = checkPull(options)
    if (this.#held.size >= this.#maxPulls) {
      this.#refused++
      throw new CordFullError(this.name, 'maxPulls', this.#maxPulls)
    }
    const pull: CordPull = Object.freeze({ id: ++this.#pulled, ...checked, pulledAt: this.#date() })
    const atMs = this.#clock.now()
    this.#held.set(pull.id, { pull, atMs })
    const pulls = this.#held.size
    if (pulls === 1) this.#stoppedAtMs = atMs
    this.#order.later(() => this.#events.emit('pull', { pull, pulls }))
    if (pulls === 1) this.#order.later(() => this.#events.emit('stop', { pull }))
    this.#order.now()
    const release = (by: string = pull.by): boolean => this.release({ by, pull: pull.id }) > 0
    return Object.freeze({ ...pull, release, [Symbol.dispose]: () => void release() })
  }

  /**
   * Releases what `by` has pulled, or one pull by its `id`, or all. Returns how many were released: 0 when there was
   * nothing to release.
   */
  release(options: ReleaseOptions): number {
    checkObject('options', options)
    const by = checkText('by', options.by)
    const { pull: id, all = false } = options
    if (id !== undefined) checkInteger('pull', id, { min: 1 })
    if (checkBoolean('all', all) && id !== undefined) throw new TypeError('release takes either "pull" or "all"')
    const chosen = Array.from(this.#held.values()).filter(({ pull }) =>
      id === undefined ? all || pull.by === by : pull.id === id,
    )
    for (const { pull, atMs } of chosen) this.#release(pull, atMs, by)
    this.#order.now()
    return chosen.length
  }

  /**
   * Resolves once the line may run: at once while it isn't pulled. Ask `isPulled` again afterwards, as it may have been
   * pulled anew. Rejects with the reason of `signal` when that aborts, and with `CordFullError` when `maxWaiting` wait.
   */
  async whenReleased(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    checkObject('options', options)
    options.signal?.throwIfAborted()
    if (!this.isPulled) return
    const waiting = this.#waiters.wait(options.signal)
    if (!waiting) this.#refused++
    await (waiting ?? Promise.reject(this.#waiters.refusal()))
  }

  /**
   * Keeps `line` stopped while the cord is pulled, from now on. Returns what ends that and lets the line go. What
   * `forceOpen` throws later on goes to `onListenerError`.
   */
  stops(line: Stoppable): () => void {
    checkObject('line', line, ['forceOpen'])
    let hold: { release(): void } | undefined
    const letGo = (): void => {
      const held = hold
      hold = undefined
      held?.release()
    }
    const obey = (): void => {
      const [first] = this.#held.values()
      if (first) hold ??= line.forceOpen(`${first.pull.reason} (${first.pull.by})`)
      else letGo()
    }
    obey()
    const removals = [this.on('stop', obey), this.on('run', obey)]
    return () => {
      for (const remove of removals) remove()
      letGo()
    }
  }

  /** The pulls that were released, latest first, at most `historySize`. */
  history(): PastPull[] {
    return [...this.#past].toReversed()
  }

  /** The present readings. O(pulls held). */
  snapshot(): CordSnapshot {
    return {
      name: this.name,
      isPulled: this.isPulled,
      pulls: Array.from(this.#held.values(), ({ pull }) => pull),
      stoppedMs: this.isPulled ? this.#clock.now() - this.#stoppedAtMs : 0,
      pulled: this.#pulled,
      refused: this.#refused,
      waiting: this.#waiters.size,
      history: this.#past.size,
    }
  }

  /** Commits one release; what is to be told waits in `#order`. */
  #release(pull: CordPull, atMs: number, by: string): void {
    this.#held.delete(pull.id)
    const nowMs = this.#clock.now()
    const past: PastPull = Object.freeze({
      ...pull,
      releasedBy: by,
      releasedAt: this.#date(),
      heldMs: nowMs - atMs,
    })
    this.#past.push(past)
    if (this.#past.size > this.#historySize) this.#past.shift()
    const pulls = this.#held.size
    this.#order.later(() => this.#events.emit('release', { pull: past, pulls }))
    if (pulls > 0) return
    const stoppedMs = nowMs - this.#stoppedAtMs
    this.#waiters.releaseAll()
    this.#order.later(() => this.#events.emit('run', { pull: past, stoppedMs }))
  }

  #date(): string {
    return new Date(readWall(this.#wallNow)).toISOString()
  }
}
