import { checkObject } from '@tps/internal'
import type { AlertNotification, Channel } from './channel.ts'
import { post } from './channel-http.ts'
import { type HttpChannelOptions, postOffice } from './channel-options.ts'
import { checkSecretHeaders } from './channel-secrets.ts'
import { ReliableChannel } from './reliable-channel.ts'
import { readWall } from './wall.ts'
import { WebhookSigner, checkWebhookKeys, webhookIdOf } from './webhook-signature.ts'

/** What a `WebhookChannel` is made with. */
export interface WebhookChannelOptions extends HttpChannelOptions {
  /** What the channel is called. Default "webhook". */
  readonly name?: string | undefined
  /** Where to post. Taken for a secret. User and password belong in `headers`. */
  readonly url: string | URL
  /**
   * The key that is shared with the receiver: `whsec_` and 24 to 64 bytes in base64. Up to 8 while one takes the place
   * of another: each signs.
   */
  readonly key: string | readonly string[]
  /** More headers, such as `authorization`. Their values are taken for secrets. Default none. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** What a `WebhookChannel` posts, as JSON. */
export interface WebhookPayload {
  readonly type: 'alert.firing' | 'alert.resolved'
  /** When it happened, as ISO 8601 in UTC. When it was sent is in the header `webhook-timestamp`. */
  readonly timestamp: string
  readonly data: AlertNotification
}

/**
 * Posts each notification, signed as Standard Webhooks 1.0 says. Its receiver is a program, so that it never folds a
 * storm into a digest.
 */
export class WebhookChannel extends ReliableChannel {
  /** @throws {TypeError | RangeError} when an option is wrong; the message never holds a secret. */
  constructor(options: WebhookChannelOptions) {
    super(signedPoster(options), withoutDigest(options))
  }
}

/** Also takes out a `digest` that somebody has put in without types. */
export function withoutDigest<T extends object>(options: T): T & { digest: false } {
  return { ...options, digest: false }
}

function signedPoster(options: WebhookChannelOptions): Channel {
  const { name = 'webhook', url, key } = checkObject('options', options)
  const headers = checkSecretHeaders(options.headers, OURS)
  const signer = new WebhookSigner(checkWebhookKeys(key))
  const office = postOffice(name, url, options, [...[key].flat(), ...Object.values(headers)])
  return {
    name,
    async send(notification, { signal }) {
      const body = JSON.stringify(payloadOf(notification))
      const id = await webhookIdOf(notification.id)
      const timestamp = Math.floor(readWall(office.wallNow) / 1000)
      const signature = await signer.sign(id, timestamp, body)
      const signed = { 'webhook-id': id, 'webhook-timestamp': `${timestamp}`, 'webhook-signature': signature }
      await post(office, body, { ...headers, ...signed }, signal)
    },
  }
}

const OURS = ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'content-type', 'content-length', 'host']

function payloadOf(notification: AlertNotification): WebhookPayload {
  const { kind, alert } = notification
  return { type: `alert.${kind}`, timestamp: alert.endsAt ?? alert.startsAt ?? alert.activeSince, data: notification }
}
