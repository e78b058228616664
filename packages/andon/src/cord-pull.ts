import { checkName, checkObject } from '@tps/internal'

/** Who pulls the cord, and why. Texts of at most 256 characters, the reason of at most 1024. */
export interface PullOptions {
  /** Who pulls. */
  readonly by: string
  /** What is wrong. */
  readonly reason: string
  /** Where. Default: nowhere in particular. */
  readonly station?: string | undefined
}

/** Who releases, and what. */
export interface ReleaseOptions {
  /** Who releases. */
  readonly by: string
  /** The `id` of the pull to release, whoever pulled. Default: every pull of `by`. */
  readonly pull?: number | undefined
  /** Releases every pull there is. Default false. */
  readonly all?: boolean | undefined
}

/** One pull of the cord: plain JSON. */
export interface CordPull {
  /** From 1, in the order of pulling. */
  readonly id: number
  readonly by: string
  readonly reason: string
  readonly station: string | null
  /** ISO 8601 in UTC. */
  readonly pulledAt: string
}

/** A pull that has been released: plain JSON. */
export interface PastPull extends CordPull {
  readonly releasedBy: string
  /** ISO 8601 in UTC. */
  readonly releasedAt: string
  /** How long it was held, in ms, by the monotonic clock. */
  readonly heldMs: number
}

/** What `pull()` gives. `using` releases it at the end of the block. */
export interface HeldPull extends CordPull, Disposable {
  /** Releases this pull. `by` defaults to who pulled. Does nothing and returns false the second time. */
  release(by?: string): boolean
}

const LONGEST_NAME = 256
const LONGEST_REASON = 1024

/** Checks what `pull` was given. */
export function checkPull(options: PullOptions): Pick<CordPull, 'by' | 'reason' | 'station'> {
  checkObject('options', options)
  const { by, reason, station } = options
  return {
    by: checkText('by', by, LONGEST_NAME),
    reason: checkText('reason', reason, LONGEST_REASON),
    station: station === undefined ? null : checkText('station', station, LONGEST_NAME),
  }
}

/** Returns `value` when it is a text from 1 to `longest` characters. */
export function checkText(name: string, value: unknown, longest: number = LONGEST_NAME): string {
  const text = checkName(name, value)
  if (text.length > longest) throw new RangeError(`${name} must have at most ${longest} characters, got ${text.length}`)
  return text
}
