/** A notification was dropped, because the channel held as many as its bound allows. */
export class ChannelFullError extends Error {
  override readonly name = 'ChannelFullError'
  readonly code = 'ERR_CHANNEL_FULL'
  readonly channel: string
  /** The bound that was reached. */
  readonly capacity: number
  /** No use to try again at once: there is no room. */
  readonly retryable = false

  constructor(channel: string, capacity: number) {
    super(`channel "${channel}" is full: it holds ${capacity}`)
    this.channel = channel
    this.capacity = capacity
  }
}
