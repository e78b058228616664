import { ReliableChannel, DeliveryOptions, SendRate, DigestOptions } from './channels.js';
export { A as Alert, b as AlertGroup, a as AlertNotification, C as Channel, S as SendContext } from './timers-shared.js';
import './contracts-shared.js';

/** What the channel asks the mail library to send. */
interface EmailMessage {
    readonly from: string;
    readonly to: string[];
    readonly subject: string;
    readonly text: string;
    /** The same for each try, so that a receiver may know a message that comes twice. */
    readonly messageId: string;
    /** Of the alert: mail programs show its messages together. */
    readonly references: string;
    readonly headers: Record<string, string>;
    readonly priority: 'high' | 'normal';
    /** Ends the send, in nodemailer from version 10. */
    readonly signal: AbortSignal;
}
/** What the mail library says about a message that at least one recipient got. */
interface EmailReceipt {
    /** Recipients that the server refused. */
    readonly rejected?: readonly unknown[] | undefined;
    /** Why, in the same order. */
    readonly rejectedErrors?: readonly unknown[] | undefined;
}
/** What sends mail: what `createTransport()` of nodemailer returns, or anything with its `sendMail`. */
interface EmailTransport {
    sendMail(message: EmailMessage): Promise<EmailReceipt>;
    close?(): void;
}
/** A mail server that takes messages by SMTP. */
interface SmtpOptions {
    readonly host: string;
    /** Default 465 with `secure`, else 587. */
    readonly port?: number | undefined;
    /** TLS from the first byte, instead of STARTTLS. Default `false`. */
    readonly secure?: boolean | undefined;
    /** Refuses to go on without TLS. Default `true` with a password, else `false`: then TLS where the server offers it. */
    readonly requireTls?: boolean | undefined;
    readonly user?: string | undefined;
    /** A secret. */
    readonly password?: string | undefined;
    /** Options of `node:tls`, such as `ca`. Default none. */
    readonly tls?: Readonly<Record<string, unknown>> | undefined;
}

/** What an `EmailChannel` is made with. One of `transport` and `smtp`. */
interface EmailChannelOptions extends DeliveryOptions {
    /** What the channel is called. Default "email". */
    readonly name?: string | undefined;
    /** What sends the mail: of nodemailer, or with the same `sendMail`. */
    readonly transport?: EmailTransport | undefined;
    /** A mail server; nodemailer is loaded when the first message is sent. */
    readonly smtp?: SmtpOptions | undefined;
    /** The sender: `ops@example.org`, or `Ops <ops@example.org>`. */
    readonly from: string;
    /** Who gets it: at least one address, at most 100. */
    readonly to: string | readonly string[];
    /** How many sends may be under way at once, at least 1 or Infinity. Default 2. */
    readonly concurrency?: number | undefined;
    /** How many sends may start in an interval. Default one in two seconds. */
    readonly rate?: false | SendRate | undefined;
    /** How long one send may take, in ms, greater than 0 or Infinity. Default 30000. */
    readonly timeoutMs?: number | undefined;
    /** When many notifications are told as one; `false` for never. Default `{ above: 10, windowMs: 60000 }`. */
    readonly digest?: false | DigestOptions | undefined;
}
/** Sends mail, and folds a storm into a digest. */
declare class EmailChannel extends ReliableChannel {
    /** @throws {TypeError | RangeError} when an option is wrong; the message never holds a password. */
    constructor(options: EmailChannelOptions);
}

export { EmailChannel };
export type { EmailChannelOptions, EmailMessage, EmailReceipt, EmailTransport, SmtpOptions };
