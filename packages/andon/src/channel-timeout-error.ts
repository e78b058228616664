/** A send took longer than `timeoutMs`. It may have reached its receiver. */
export class ChannelTimeoutError extends Error {
  override readonly name = 'ChannelTimeoutError'
  readonly code = 'ERR_CHANNEL_TIMEOUT'
  readonly channel: string
  readonly timeoutMs: number
  /** Nobody can know: the answer is what is missing. */
  readonly mayHaveArrived = true

  constructor(channel: string, timeoutMs: number) {
    super(`channel "${channel}" did not answer within ${timeoutMs} ms`)
    this.channel = channel
    this.timeoutMs = timeoutMs
  }
}
