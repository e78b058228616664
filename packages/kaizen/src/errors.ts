/** Bytes or JSON are not what a tracker was written as: cut off, changed, or of a version that is not known. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  readonly code = 'ERR_DECODE'
  /** What is wrong with it, in a few words. */
  readonly reason: string

  constructor(reason: string) {
    super(`not a percentile tracker: ${reason}`)
    this.reason = reason
  }
}
