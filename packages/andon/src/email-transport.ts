import { checkInteger, checkName, checkObject } from '@tps/internal'
import { ChannelDeliveryError } from './channel-delivery-error.ts'
import { checkSecret } from './channel-secrets.ts'

/** What the channel asks the mail library to send. */
export interface EmailMessage {
  readonly from: string
  readonly to: string[]
  readonly subject: string
  readonly text: string
  /** The same for each try, so that a receiver may know a message that comes twice. */
  readonly messageId: string
  /** Of the alert: mail programs show its messages together. */
  readonly references: string
  readonly headers: Record<string, string>
  readonly priority: 'high' | 'normal'
  /** Ends the send, in nodemailer from version 10. */
  readonly signal: AbortSignal
}

/** What the mail library says about a message that at least one recipient got. */
export interface EmailReceipt {
  /** Recipients that the server refused. */
  readonly rejected?: readonly unknown[] | undefined
  /** Why, in the same order. */
  readonly rejectedErrors?: readonly unknown[] | undefined
}

/** What sends mail: what `createTransport()` of nodemailer returns, or anything with its `sendMail`. */
export interface EmailTransport {
  sendMail(message: EmailMessage): Promise<EmailReceipt>
  close?(): void
}

/** A mail server that takes messages by SMTP. */
export interface SmtpOptions {
  readonly host: string
  /** Default 465 with `secure`, else 587. */
  readonly port?: number | undefined
  /** TLS from the first byte, instead of STARTTLS. Default `false`. */
  readonly secure?: boolean | undefined
  /** Refuses to go on without TLS. Default `true` with a password, else `false`: then TLS where the server offers it. */
  readonly requireTls?: boolean | undefined
  readonly user?: string | undefined
  /** A secret. */
  readonly password?: string | undefined
  /** Options of `node:tls`, such as `ca`. Default none. */
  readonly tls?: Readonly<Record<string, unknown>> | undefined
}

/** The options of nodemailer. Checked without ever showing the password. */
export function checkSmtp(smtp: SmtpOptions, timeoutMs: number | undefined): Record<string, unknown> {
  const { host, secure = false, user, password, tls } = checkObject('smtp', smtp)
  const { port = secure ? 465 : 587, requireTls = password !== undefined } = smtp
  if ((user === undefined) !== (password === undefined))
    throw new TypeError('smtp.user and smtp.password belong together: give both or none')
  const limitMs = timeoutMs === Infinity ? undefined : timeoutMs
  return {
    host: checkName('smtp.host', host),
    port: checkInteger('smtp.port', port, { min: 1, max: 65_535 }),
    secure: checkFlag('smtp.secure', secure),
    requireTLS: checkFlag('smtp.requireTls', requireTls) && !secure,
    ...(user !== undefined && {
      auth: { user: checkSecret('smtp.user', user), pass: checkSecret('smtp.password', password) },
    }),
    ...(tls && { tls: checkObject('smtp.tls', tls) }),
    // A send that was given up must not keep its connection.
    ...(limitMs !== undefined && { connectionTimeout: limitMs, greetingTimeout: limitMs, socketTimeout: limitMs }),
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function checkFlag(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false`)
  return value
}

/** Makes a transport of nodemailer when the first message is sent, and keeps it. */
export class LazyTransport implements EmailTransport {
  readonly #channel: string
  readonly #options: Record<string, unknown>
  #transport: Promise<EmailTransport> | undefined

  constructor(channel: string, options: Record<string, unknown>) {
    this.#channel = channel
    this.#options = options
  }

  async sendMail(message: EmailMessage): Promise<EmailReceipt> {
    const transport = await (this.#transport ??= this.#create())
    return transport.sendMail(message)
  }

  async #create(): Promise<EmailTransport> {
    let nodemailer
    try {
      nodemailer = await import('nodemailer')
    } catch {
      throw new ChannelDeliveryError({
        channel: this.#channel,
        detail: 'the package nodemailer is not installed',
        status: null,
        retryable: false,
        mayHaveArrived: false,
      })
    }
    return nodemailer.createTransport(this.#options)
  }
}
