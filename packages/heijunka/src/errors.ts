/** No lease: the leveler is closed, and everything that was in it has been settled. */
export class LevelerClosedError extends Error {
  override readonly name = 'LevelerClosedError'
  /** The one that every source of leases tells its workers that they may go home with. */
  readonly code = 'ERR_QUEUE_CLOSED'
  /** The leveler's name. */
  readonly leveler: string

  constructor(leveler: string) {
    super(`${leveler} is closed and empty`)
    this.leveler = leveler
  }
}

/** No lease: `resize` took the lane away. What waited in it went to the others. */
export class LaneRemovedError extends Error {
  override readonly name = 'LaneRemovedError'
  readonly code = 'ERR_LANE_REMOVED'
  /** The leveler's name. */
  readonly leveler: string
  readonly lane: number

  constructor(leveler: string, lane: number) {
    super(`${leveler} has no lane ${lane} any more`)
    this.leveler = leveler
    this.lane = lane
  }
}

/** No lease: as many as `maxWaiters` leases wait already. */
export class TooManyWaitersError extends Error {
  override readonly name = 'TooManyWaitersError'
  readonly code = 'ERR_TOO_MANY_WAITERS'
  /** The leveler's name. */
  readonly leveler: string
  readonly maxWaiters: number

  constructor(leveler: string, maxWaiters: number) {
    super(`${maxWaiters} leases wait for ${leveler} already`)
    this.leveler = leveler
    this.maxWaiters = maxWaiters
  }
}
