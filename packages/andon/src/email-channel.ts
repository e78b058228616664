import { checkObject } from '@tps/internal'
import type { AlertNotification, Channel } from './channel.ts'
import { ChannelDeliveryError } from './channel-delivery-error.ts'
import { Secrets, checkSecret } from './channel-secrets.ts'
import type { DigestChannel, DigestOptions } from './digest.ts'
import { emailError, replyCodeOf } from './email-error.ts'
import { type EmailText, emailDigest, emailText } from './email-message.ts'
import {
  type EmailMessage,
  type EmailTransport,
  LazyTransport,
  type SmtpOptions,
  checkSmtp,
} from './email-transport.ts'
import { ReliableChannel } from './reliable-channel.ts'
import type { DeliveryOptions, SendRate } from './reliable-options.ts'

/** What an `EmailChannel` is made with. One of `transport` and `smtp`. */
export interface EmailChannelOptions extends DeliveryOptions {
  /** What the channel is called. Default "email". */
  readonly name?: string | undefined
  /** What sends the mail: of nodemailer, or with the same `sendMail`. */
  readonly transport?: EmailTransport | undefined
  /** A mail server; nodemailer is loaded when the first message is sent. */
  readonly smtp?: SmtpOptions | undefined
  /** The sender: `ops@example.org`, or `Ops <ops@example.org>`. */
  readonly from: string
  /** Who gets it: at least one address, at most 100. */
  readonly to: string | readonly string[]
  /** How many sends may be under way at once, at least 1 or Infinity. Default 2. */
  readonly concurrency?: number | undefined
  /** How many sends may start in an interval. Default one in two seconds. */
  readonly rate?: false | SendRate | undefined
  /** How long one send may take, in ms, greater than 0 or Infinity. Default 30000. */
  readonly timeoutMs?: number | undefined
  /** When many notifications are told as one; `false` for never. Default `{ above: 10, windowMs: 60000 }`. */
  readonly digest?: false | DigestOptions | undefined
}

/** Sends mail, and folds a storm into a digest. */
export class EmailChannel extends ReliableChannel {
  /** @throws {TypeError | RangeError} when an option is wrong; the message never holds a password. */
  constructor(options: EmailChannelOptions) {
    const { timeoutMs = 30_000 } = checkObject('options', options)
    const sender = new EmailSender(options, timeoutMs)
    const { concurrency = 2, rate = { count: 1, perMs: 2000 }, digest = { windowMs: 60_000 } } = options
    super(sender, { ...options, concurrency, rate, timeoutMs, digest })
  }
}

const RECIPIENTS_MAX = 100
// oxlint-disable-next-line no-control-regex
const ADDRESS = /^[^\u0000-\u001F\u007F]*[^\s@<>]@[^\s@<>]+>?$/

class EmailSender implements Channel, DigestChannel {
  readonly name: string
  readonly #transport: EmailTransport
  readonly #secrets: Secrets
  readonly #from: string
  readonly #domain: string
  readonly #to: readonly string[]
  /** Who has yet to get a notification that some got and others didn't. */
  readonly #waiting = new WeakMap<AlertNotification, readonly string[]>()

  constructor(options: EmailChannelOptions, timeoutMs: number) {
    const { name = 'email', transport, smtp, from, to } = options
    if ((transport === undefined) === (smtp === undefined))
      throw new TypeError('options must have one of transport and smtp')
    this.name = name
    this.#secrets = new Secrets(smtp ? secretsOf(smtp) : [])
    this.#transport = smtp
      ? new LazyTransport(name, checkSmtp(smtp, timeoutMs))
      : checkObject('transport', transport as EmailTransport, ['sendMail'])
    this.#from = checkAddress('from', from)
    this.#domain = /@([^@>]+)>?$/.exec(this.#from)?.[1] ?? 'andon.invalid'
    const recipients: readonly string[] = typeof to === 'string' ? [to] : to
    if (!Array.isArray(recipients)) throw new TypeError('to must be an address or an array of them')
    if (recipients.length < 1 || recipients.length > RECIPIENTS_MAX)
      throw new RangeError(`to must have from 1 to ${RECIPIENTS_MAX} addresses, got ${recipients.length}`)
    this.#to = recipients.map((address) => checkAddress('to', address))
  }

  async send(notification: AlertNotification, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { id, kind, alert, group } = notification
    const thread = group?.key ?? `${alert.fingerprint}@${alert.startsAt ?? alert.activeSince}`
    const to = this.#waiting.get(notification) ?? this.#to
    const isUrgent = kind === 'firing' && alert.severity === 'red'
    const refused = await this.#mail(emailText(notification), { id, thread, to, isUrgent, signal })
    if (refused.length === 0) return
    const temporary = refused.filter(({ code }) => code !== null && code < 500)
    this.#waiting.set(
      notification,
      temporary.map(({ address }) => address),
    )
    throw new ChannelDeliveryError({
      channel: this.name,
      detail: `${refused.length} of ${to.length} recipients refused it, ${temporary.length} of them for now`,
      status: refused[0]?.code ?? null,
      retryable: temporary.length > 0,
      mayHaveArrived: true,
    })
  }

  /** A recipient that refuses a digest does not get it: another try would bring it to the others once more. */
  async sendDigest(
    digest: Parameters<DigestChannel['sendDigest']>[0],
    { signal }: { readonly signal: AbortSignal },
  ): Promise<void> {
    const id = crypto.randomUUID()
    const isUrgent = digest.firing > 0 && digest.severity === 'red'
    await this.#mail(emailDigest(digest), { id, thread: id, to: this.#to, isUrgent, signal })
  }

  async #mail(
    { subject, text }: EmailText,
    about: { id: string; thread: string; to: readonly string[]; isUrgent: boolean; signal: AbortSignal },
  ): Promise<{ readonly address: string; readonly code: number | null }[]> {
    const { signal, to, isUrgent } = about
    const [messageId, references] = [await this.#messageId(about.id), await this.#messageId(about.thread)]
    // RFC 3834: no answers from those who are on holiday.
    const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }
    const priority = isUrgent ? 'high' : 'normal'
    const message: EmailMessage = {
      from: this.#from,
      to: [...to],
      subject,
      text,
      messageId,
      references,
      headers,
      priority,
      signal,
    }
    try {
      const { rejected = [], rejectedErrors = [] } = (await this.#transport.sendMail(message)) ?? {}
      return rejected.map((address, index) => ({ address: String(address), code: replyCodeOf(rejectedErrors[index]) }))
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof ChannelDeliveryError ? error : emailError(this.name, error, this.#secrets)
    }
  }

  async #messageId(of: string): Promise<string> {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(of)))
    const hash = Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
    return `<andon.${hash}@${this.#domain}>`
  }
}

function checkAddress(name: string, address: unknown): string {
  const text = checkSecret(name, address)
  if (!ADDRESS.test(text)) throw new RangeError(`${name} must be an address such as "ops@example.org"`)
  return text
}

/** The password in the forms in which SMTP sends it. */
function secretsOf({ user, password }: SmtpOptions): string[] {
  if (typeof user !== 'string' || typeof password !== 'string') return []
  return [password, encode(password), encode(`\0${user}\0${password}`)]
}

function encode(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
}
