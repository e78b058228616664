/** What an `Autoscaler` reads. */
export interface WorkerLoad {
  /** How many workers there are now. An integer, at least 0. */
  readonly workers: number
  /** The share of them that is busy, 0 or more: above 1 while a pool that was made smaller finishes. */
  readonly utilization: number
  /** How many items wait. 0 or more. Default 0. Without `throughput` it is not used. */
  readonly queueDepth?: number | undefined
  /**
   * How many items are finished in a second, 0 or more, over about the last `everyMs`. Without it neither the queue nor
   * whether scaling helps can be judged.
   */
  readonly throughput?: number | undefined
}

/** Throws unless `load` can be decided by. */
export function checkLoad(load: WorkerLoad): WorkerLoad {
  if (typeof load !== 'object' || load === null) throw new TypeError(`read must give an object, got ${String(load)}`)
  const { workers, utilization, queueDepth, throughput } = load
  if (!Number.isSafeInteger(workers) || workers < 0)
    throw new RangeError(`workers must be an integer in [0, ∞), got ${String(workers)}`)
  // Of no workers no share is busy, whatever 0 / 0 is.
  const checked = { workers, utilization: workers === 0 ? 0 : amount('utilization', utilization) }
  return {
    ...checked,
    ...(queueDepth !== undefined && { queueDepth: amount('queueDepth', queueDepth) }),
    ...(throughput !== undefined && { throughput: amount('throughput', throughput) }),
  }
}

function amount(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return value
  throw new RangeError(`${name} must be a finite number in [0, ∞), got ${String(value)}`)
}
