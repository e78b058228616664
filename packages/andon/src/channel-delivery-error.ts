/** What a `ChannelDeliveryError` is made of. */
export interface DeliveryFailure {
  readonly channel: string
  /** What went wrong, in words that hold no secret. */
  readonly detail: string
  /** The status of the answer, of HTTP or SMTP; `null` when there was none. */
  readonly status: number | null
  readonly retryable: boolean
  readonly mayHaveArrived: boolean
  readonly retryAfterMs?: number | undefined
}

/**
 * A receiver refused a notification or could not be reached. Made anew from what is safe to show: the error of `fetch`
 * or of the mail library is not kept as its `cause`, since that may hold the URL or the password.
 */
export class ChannelDeliveryError extends Error {
  override readonly name = 'ChannelDeliveryError'
  readonly code = 'ERR_CHANNEL_DELIVERY'
  readonly channel: string
  /** The status of the answer, of HTTP or SMTP; `null` when there was none. */
  readonly status: number | null
  /** Whether another try may go better. */
  readonly retryable: boolean
  /** Whether the receiver may have got it although it looks as if not. */
  readonly mayHaveArrived: boolean
  /** How long the receiver wants to be left alone, in ms; `undefined` when it did not say. */
  readonly retryAfterMs: number | undefined

  constructor({ channel, detail, status, retryable, mayHaveArrived, retryAfterMs }: DeliveryFailure) {
    super(`channel "${channel}" did not deliver: ${detail}`)
    this.channel = channel
    this.status = status
    this.retryable = retryable
    this.mayHaveArrived = mayHaveArrived
    this.retryAfterMs = retryAfterMs
  }
}
