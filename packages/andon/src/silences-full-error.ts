/** Thrown by an emitter that is told to silence once more than `maxSilences` allows. Nothing is silenced by it. */
export class SilencesFullError extends Error {
  override readonly name = 'SilencesFullError'
  readonly code = 'ERR_SILENCES_FULL'
  /** The name of the emitter. */
  readonly emitter: string
  /** The value of `maxSilences`. */
  readonly limit: number

  constructor(emitter: string, limit: number) {
    super(`Alert emitter "${emitter}" has reached its maxSilences of ${limit}`)
    this.emitter = emitter
    this.limit = limit
  }
}
