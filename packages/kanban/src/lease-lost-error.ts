/** The lease ran out or was given to somebody else: what was done under it must not count. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
  readonly code = 'ERR_LEASE_LOST'
  /** The attempt whose lease it was. */
  readonly attempt: number

  constructor(queue: string, attempt: number) {
    super(`the lease of attempt ${attempt} in queue "${queue}" is lost: it was not renewed in time`)
    this.attempt = attempt
  }
}
