import type { Channel } from '@tps/andon'
import { type ReliableChannel, SlackChannel, WebhookChannel } from '@tps/andon/channels'
import { EmailChannel } from '@tps/andon/email'
import type { Config } from '../config.ts'
import type { Duty } from './on-call-channel.ts'
import { type Person, type RuleSet, RulesError } from './rules-read.ts'

/** Channels that are configured wrongly. The message names the variable. */
export class ChannelConfigError extends Error {
  override readonly name = 'ChannelConfigError'
}

/** After so many failures in a row a receiver is left alone for a while. */
const CIRCUIT = { failures: 10, breakMs: 5_000 }

/** Pauses grow no longer than this: who is to be called can't wait. A receiver that is down is the circuit's business. */
const LONGEST_PAUSE_MS = 5_000

/** A send is some turns of the event loop, and those are long while samples pour in: many go side by side. */
const WEBHOOKS_AT_ONCE = 32

/** How many notifications a channel may have waiting. */
export const CHANNEL_CAPACITY = 10_000

/** Makes the channels of the configuration, and those of people. */
export class ChannelMaker {
  readonly #config: Config
  readonly #onRetry: () => void
  /** Those of people, by what they were made of: what they have to send outlives a new file. */
  #ofPeople = new Map<string, Channel>()
  readonly #byName = new Map<string, Channel>()

  /** @param onRetry Called for each notification that is tried again. @throws {ChannelConfigError} */
  constructor(config: Config, onRetry: () => void) {
    this.#config = config
    this.#onRetry = onRetry
    const { ALERT_WEBHOOK_URL: webhook, ALERT_SLACK_URL: slack, ALERT_EMAIL_TO: email } = config
    if (webhook !== '') this.#keep('ALERT_WEBHOOK_URL', () => this.#webhook('webhook', webhook))
    if (slack !== '') this.#keep('ALERT_SLACK_URL', () => this.#slack('slack', slack))
    if (email !== '') this.#keep('ALERT_EMAIL_TO', () => this.#email('email', email))
  }

  /** Those of the configuration. */
  get configured(): readonly Channel[] {
    return [...this.#byName.values()]
  }

  /** Who is on call, and how they are reached. @throws {RulesError} */
  dutyOf(onCall: RuleSet['onCall']): Duty | undefined {
    if (!onCall) return undefined
    const made = new Map<string, Channel>()
    const people = new Map<string, Channel>()
    for (const person of onCall.people) {
      const key = JSON.stringify(person)
      const channel = this.#ofPeople.get(key) ?? this.#reach(person)
      made.set(key, channel)
      people.set(person.name, channel)
    }
    this.#ofPeople = made
    return { schedule: onCall.schedule, people }
  }

  #reach({ name, channel, webhook, slack, email }: Person): Channel {
    const own = `on-call ${name}`
    try {
      if (webhook !== undefined) return this.#webhook(own, webhook)
      if (slack !== undefined) return this.#slack(own, slack)
      if (email !== undefined) return this.#email(own, email)
    } catch (error) {
      throw new RulesError([`on_call: "${name}": ${messageOf(error)}`], { cause: error })
    }
    const configured = this.#byName.get(channel ?? '')
    if (configured) return configured
    const names = [...this.#byName.keys()].join(', ') || 'none'
    throw new RulesError([`on_call: "${name}": channel must be one that is configured (${names}); it is "${channel}"`])
  }

  get #delivery() {
    const { ALERT_ATTEMPTS: attempts, ALERT_RETRY_MS: backoffMs, ALERT_TIMEOUT_MS: timeoutMs } = this.#config
    const maxBackoffMs = Math.max(LONGEST_PAUSE_MS, backoffMs)
    return { attempts, backoffMs, maxBackoffMs, timeoutMs, capacity: CHANNEL_CAPACITY, circuit: CIRCUIT }
  }

  #webhook(name: string, url: string): Channel {
    const { ALERT_WEBHOOK_KEY: key } = this.#config
    if (key === '') throw new RangeError('a webhook needs ALERT_WEBHOOK_KEY')
    return this.#watched(new WebhookChannel({ ...this.#delivery, concurrency: WEBHOOKS_AT_ONCE, name, url, key }))
  }

  #slack(name: string, url: string): Channel {
    return this.#watched(new SlackChannel({ ...this.#delivery, name, url }))
  }

  #email(name: string, to: string): Channel {
    const { ALERT_EMAIL_FROM: from, ALERT_EMAIL_SMTP_HOST: host, ALERT_EMAIL_SMTP_PORT: port } = this.#config
    const { ALERT_EMAIL_SMTP_USER: user, ALERT_EMAIL_SMTP_PASSWORD: password } = this.#config
    if (host === '') throw new RangeError('mail needs ALERT_EMAIL_SMTP_HOST')
    const smtp = { host, port, ...(user !== '' && { user, password }) }
    const recipients = to.split(',').map((one) => one.trim())
    return this.#watched(new EmailChannel({ ...this.#delivery, name, from, to: recipients, smtp }))
  }

  #watched(channel: ReliableChannel): Channel {
    channel.on('retry', ({ notifications }) => {
      for (const _ of notifications) this.#onRetry()
    })
    return channel
  }

  #keep(variable: string, make: () => Channel): void {
    try {
      const channel = make()
      this.#byName.set(channel.name, channel)
    } catch (error) {
      // Messages of channels never hold a secret.
      throw new ChannelConfigError(`${variable}: ${messageOf(error)}`, { cause: error })
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
