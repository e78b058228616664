import { checkName, checkObject, checkOneOf } from '@tps/internal'
import type { Alert } from './alert.ts'
import type { AlertNotification, Channel, SendContext } from './channel.ts'
import { type PostOffice, post } from './channel-http.ts'
import { type HttpChannelOptions, postOffice } from './channel-options.ts'
import { checkSecret } from './channel-secrets.ts'
import { cut } from './channel-text.ts'
import { type PagerDutyEvent, type PagerDutySeverity, dedupKeyOf, pagerDutyEvent } from './pagerduty-event.ts'
import { ReliableChannel } from './reliable-channel.ts'
import type { SendRate } from './reliable-options.ts'
import { withoutDigest } from './webhook-channel.ts'

/** What a `PagerDutyChannel` is made with. */
export interface PagerDutyChannelOptions extends HttpChannelOptions {
  /** What the channel is called. Default "pagerduty". */
  readonly name?: string | undefined
  /** The integration key of the service: 32 letters and digits. A secret. */
  readonly routingKey: string
  /** Where to post. Default "https://events.pagerduty.com/v2/enqueue"; the EU has its own. */
  readonly url?: string | URL | undefined
  /** What the events say has the trouble: a host, a service. Default "andon". */
  readonly source?: string | undefined
  /** What the severities are called at PagerDuty. Default `{ red: 'critical', yellow: 'warning' }`. */
  readonly severities?: Partial<Readonly<Record<Alert['severity'], PagerDutySeverity>>> | undefined
  /** How many sends may start in an interval. Default two a second. */
  readonly rate?: false | SendRate | undefined
}

const DEFAULT_URL = 'https://events.pagerduty.com/v2/enqueue'
const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const

/**
 * Sends one event of PagerDuty's Events API v2 for each alert: what fires triggers, what has resolved resolves, under a
 * key made of the alert's fingerprint. A group is told alert by alert, and a storm is never folded into a digest: each
 * incident has to be closed.
 */
export class PagerDutyChannel extends ReliableChannel {
  readonly #say: Say

  /** @throws {TypeError | RangeError} when an option is wrong; the message never holds the key. */
  constructor(options: PagerDutyChannelOptions) {
    const { channel, say } = pagerDutyPoster(options)
    const { rate = { count: 2, perMs: 1000 } } = options
    super(channel, withoutDigest({ ...options, rate }))
    this.#say = say
  }

  /** Each alert of a group is an event of its own. Rejects with the first error once all of them have ended. */
  override async send(notification: AlertNotification, context: SendContext): Promise<void> {
    const { id, kind, alerts, reason } = notification
    if (!alerts) return super.send(notification, context)
    const events = alerts.map((alert) => ({ id: `${id}#${alert.fingerprint}`, kind, alert, reason }))
    const ends = await Promise.allSettled(events.map(async (event) => super.send(event, context)))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
    return undefined
  }

  /**
   * Tells PagerDuty that somebody has seen an alert. Nothing happens there when the incident isn't open. Rejects when
   * it is given up.
   */
  async acknowledge(
    alert: Pick<Alert, 'fingerprint'>,
    { signal = new AbortController().signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const { fingerprint } = checkObject('alert', alert)
    const dedup_key = await dedupKeyOf(checkName('alert.fingerprint', fingerprint))
    const event: PagerDutyEvent = { event_action: 'acknowledge', dedup_key }
    await this.deliver(async (sendSignal) => this.#say(event, sendSignal), { signal, isUrgent: false })
  }
}

type Say = (event: PagerDutyEvent, signal: AbortSignal) => Promise<void>

function pagerDutyPoster(options: PagerDutyChannelOptions): { channel: Channel; say: Say } {
  const { name = 'pagerduty', routingKey, url = DEFAULT_URL, source = 'andon' } = checkObject('options', options)
  if (!/^[A-Za-z0-9]{32}$/.test(checkSecret('routingKey', routingKey)))
    throw new RangeError('routingKey must be 32 letters and digits')
  const { red = 'critical', yellow = 'warning' } = checkObject('severities', options.severities ?? {})
  const severities = {
    red: checkOneOf('severities.red', red, SEVERITIES),
    yellow: checkOneOf('severities.yellow', yellow, SEVERITIES),
  }
  const from = { source: cut(checkName('source', source), 255), severities }
  const office: PostOffice = postOffice(name, url, options, [routingKey])
  const say: Say = async (event, signal) =>
    post(office, JSON.stringify({ routing_key: routingKey, ...event }), {}, signal)
  const send: Channel['send'] = async (notification, { signal }) =>
    say(await pagerDutyEvent(notification, from), signal)
  return { channel: { name, send }, say }
}
