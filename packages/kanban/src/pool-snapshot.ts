/** The readings of a `WorkerPool`. Counts since it was made are marked as totals. */
export interface PoolSnapshot {
  readonly name: string
  /** How many handlers may run at once. */
  readonly workers: number
  /** How many handlers run, overdue ones and those of retired workers included. */
  readonly busy: number
  /** `busy ÷ workers` at this moment. Above 1 while a pool that was made smaller finishes. */
  readonly utilization: number
  /** How many handlers have timed out and still hold their slot. */
  readonly overdue: number
  /** Total of items whose handler succeeded. */
  readonly processed: number
  /** Total of failed attempts, timeouts included: `failed = retried + deadLettered`. */
  readonly failed: number
  /** Total of failed attempts after which the item was put back. */
  readonly retried: number
  /** Total of items given up. */
  readonly deadLettered: number
  /** Total of attempts that took longer than `timeoutMs`; also counted in `failed`. */
  readonly timedOut: number
  /** Total of items whose submitter gave them up when a worker had them already. */
  readonly cancelled: number
  /** Total of attempts whose lease was lost to someone else. */
  readonly leasesLost: number
  /** How many submitted items have not ended. */
  readonly submitted: number
  /** Mean time a handler holds its slot, over about the last 32 measured, in ms; 0 before the first. */
  readonly meanHandlerMs: number
  /** Handlers that settled a second, over about the last 10 s. */
  readonly processingRate: number
  /** `estimateWaitMs()`. */
  readonly estimatedWaitMs: number
  /**
   * How long ago the source that is quiet for longest last answered, with an item or with none, in ms: the pool's health. A
   * worker that waits asks at least every `maxWaitMs`. 0 for a `PullQueue`.
   */
  readonly sourceSilentMs: number
  /** Each worker by its number, retired ones that still run included. */
  readonly perWorker: readonly WorkerReading[]
  readonly state: 'running' | 'paused' | 'stopped'
}

/** One worker of a pool. */
export interface WorkerReading {
  readonly state: 'idle' | 'busy' | 'overdue'
  /** Total of its handlers that succeeded. */
  readonly processed: number
}
