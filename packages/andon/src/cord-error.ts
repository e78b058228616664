/** What reached its bound. */
export type CordBound = 'maxPulls' | 'maxWaiting'

/** Thrown by a cord that is pulled, or waited for, as often as its bounds allow. The line stands still already. */
export class CordFullError extends Error {
  override readonly name = 'CordFullError'
  readonly code = 'ERR_CORD_FULL'
  /** The name of the cord. */
  readonly cord: string
  /** The option that is the bound. */
  readonly bound: CordBound
  /** Its value. */
  readonly limit: number

  constructor(cord: string, bound: CordBound, limit: number) {
    super(`Cord "${cord}" has reached its ${bound} of ${limit}`)
    this.cord = cord
    this.bound = bound
    this.limit = limit
  }
}
