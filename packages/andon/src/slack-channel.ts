import { checkObject } from '@tps/internal'
import { post } from './channel-http.ts'
import { type HttpChannelOptions, postOffice } from './channel-options.ts'
import type { DigestChannel, DigestOptions } from './digest.ts'
import { ReliableChannel } from './reliable-channel.ts'
import type { SendRate } from './reliable-options.ts'
import { type SlackMessage, slackDigest, slackMessage } from './slack-message.ts'

/** What a `SlackChannel` is made with. */
export interface SlackChannelOptions extends HttpChannelOptions {
  /** What the channel is called. Default "slack". */
  readonly name?: string | undefined
  /** The URL of an incoming webhook of Slack. It is the secret: whoever has it may post. */
  readonly url: string | URL
  /** How many sends may be under way at once, at least 1 or Infinity. Default 1. */
  readonly concurrency?: number | undefined
  /** How many sends may start in an interval. Default one a second, which is what Slack allows. */
  readonly rate?: false | SendRate | undefined
  /** When many notifications are told as one; `false` for never. Default `{ above: 10, windowMs: 30000 }`. */
  readonly digest?: false | DigestOptions | undefined
}

/** Posts to an incoming webhook of Slack, and folds a storm into a digest. */
export class SlackChannel extends ReliableChannel {
  /** @throws {TypeError | RangeError} when an option is wrong; the message never holds the URL. */
  constructor(options: SlackChannelOptions) {
    const poster = slackPoster(options)
    const { concurrency = 1, rate = { count: 1, perMs: 1000 }, digest = {} } = options
    super(poster, { ...options, concurrency, rate, digest })
  }
}

function slackPoster(options: SlackChannelOptions): DigestChannel {
  const { name = 'slack', url } = checkObject('options', options)
  const office = postOffice(name, url, options)
  const say = async (message: SlackMessage, signal: AbortSignal): Promise<void> =>
    post(office, JSON.stringify(message), {}, signal)
  return {
    name,
    send: async (notification, { signal }) => say(slackMessage(notification), signal),
    sendDigest: async (digest, { signal }) => say(slackDigest(digest), signal),
  }
}
