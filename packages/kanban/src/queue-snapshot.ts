import type { Exchange } from './exchange.ts'
import type { CheckedQueueOptions } from './queue-options.ts'

/** The readings of a `PullQueue`. Counts since it was made are marked as totals. */
export interface QueueSnapshot {
  readonly name: string
  /** How many items may wait. */
  readonly capacity: number
  /** How many items wait, delayed retries included. Above `capacity` only by retried items. */
  readonly depth: number
  /** How many of them wait out a retry delay. */
  readonly delayed: number
  /** How many items are in consumers' hands. */
  readonly leased: number
  /** Depth of each class, without the delayed, by name. */
  readonly classes: Readonly<Record<string, number>>
  /** How long the longest waiting item that is ready has waited, in ms; 0 when none is. A retry starts anew. */
  readonly oldestAgeMs: number
  /** Items admitted a second, over about the last 10 s. */
  readonly enqueueRate: number
  /** Items handed out a second, retries included, over about the last 10 s. */
  readonly dequeueRate: number
  /** What `estimateWaitMs()` says for the last class; `null` where it says nothing. */
  readonly estimatedWaitMs: number | null
  /** How many tenants have something ready; 0 without `fairBy`. */
  readonly tenants: number
  /**
   * Total of items let in.
   * `admitted = depth + leased + acked + deadLettered + dropped + expired + withdrawn + cleared`.
   */
  readonly admitted: number
  /** Total of items that were taken or acknowledged. */
  readonly acked: number
  /** Total of retries. */
  readonly retried: number
  /** Total of items given up by a consumer. */
  readonly deadLettered: number
  /** Total of waiting items thrown out, by overflow or by overload control. */
  readonly dropped: number
  /** How many of these overload control threw out. */
  readonly shed: number
  /** Total of items whose deadline passed before their turn. */
  readonly expired: number
  /** Total of items their producer took back while they waited. */
  readonly withdrawn: number
  /** Total of items taken out by `clear`. */
  readonly cleared: number
  /** Total of items refused as duplicates. */
  readonly duplicates: number
  /** Total of keys of acknowledged items that were forgotten early, because there were `maxKeys`. */
  readonly forgottenKeys: number
  /** Total of items refused because the queue was full or closed. */
  readonly rejected: number
  /** Producers that wait in `put`. */
  readonly waitingProducers: number
  /** Consumers that wait in `take`, `takeBatch` or `lease`. */
  readonly waitingConsumers: number
  /** Those that wait in `whenBelow` or `whenDrained`. */
  readonly waitingForDepth: number
  /** Whether `close()` was called. */
  readonly closed: boolean
}

export function snapshotOf<T>(
  { name, capacity, classes }: CheckedQueueOptions<T>,
  exchange: Exchange<T>,
): QueueSnapshot {
  const { shelf, clock, turnstile, ledger, entrance, exit, marks, isClosed } = exchange
  const nowMs = clock.exactly()
  const { pulse } = turnstile
  const { admitted, acked } = turnstile.totals
  return {
    name,
    capacity,
    depth: shelf.depth,
    delayed: shelf.delayed,
    leased: shelf.loans.size,
    classes: Object.fromEntries(classes.map((each, lane) => [each, shelf.lineSize(lane)])),
    oldestAgeMs: Math.max(0, nowMs - (shelf.oldestAt ?? nowMs)),
    enqueueRate: pulse.enqueueRate(turnstile, nowMs),
    dequeueRate: pulse.dequeueRate(turnstile, nowMs),
    estimatedWaitMs: estimateWaitMs(exchange, classes.length - 1) ?? null,
    tenants: shelf.tenants,
    ...ledger.totals,
    admitted,
    acked,
    forgottenKeys: entrance.keys?.forgotten ?? 0,
    waitingProducers: entrance.producers.size,
    waitingConsumers: exit.consumers.size,
    waitingForDepth: marks.waiting,
    closed: isClosed,
  }
}

/** How long an item of this class would wait that came in now; `undefined` when that can't be said. */
export function estimateWaitMs<T>(exchange: Exchange<T>, lane: number): number | undefined {
  const { shelf, clock, turnstile, exit } = exchange
  if (exit.consumers.size > 0) return 0
  const nowMs = clock.exactly()
  const paceMs = turnstile.pulse.paceMs(turnstile, nowMs)
  if (paceMs === undefined) return undefined
  let ahead = 0
  for (let each = 0; each <= lane; each++) ahead += shelf.lineSize(each)
  return (ahead + 1) * paceMs
}
