import { L as Labels, A as Alert, a as AlertNotification, S as SendContext } from './timers-shared.js';
export { b as AlertGroup, C as Channel, c as Clock, d as Severity, T as Timer, e as Timers } from './timers-shared.js';
import { D as DeliveryOptions, R as ReliableChannel, a as ReliableChannelSnapshot, b as DigestChannel, S as SendRate, c as DigestOptions } from './reliable-channel-shared.js';
export { A as AlertDigest, C as ChannelCircuitOptions, d as ChannelRetryEvent, e as ChannelTest, f as ChannelTestStep, g as CircuitState, h as DeliveredEvent, i as DigestCount, j as ReliableChannelEvents, k as ReliableChannelOptions, l as SendBreaker, m as SendPermit, U as UndeliveredEvent } from './reliable-channel-shared.js';
export { L as ListenerErrorHandler, O as Observable } from './contracts-shared.js';

/** What a channel needs of an answer. A `Response` has it. */
interface ChannelResponse {
    readonly status: number;
    readonly headers: {
        get(name: string): string | null;
    };
    readonly body: {
        getReader(): {
            read(): Promise<{
                readonly done: boolean;
                readonly value?: Uint8Array | undefined;
            }>;
            cancel(): Promise<void>;
        };
    } | null;
}
/** What a channel calls instead of the platform's `fetch`: any function that is called as `fetch` is. */
type ChannelFetch = (url: string, init: {
    readonly method: 'POST';
    readonly headers: Record<string, string>;
    readonly body: string;
    /** No answer leads a notification, and the secrets that go with it, to another address. */
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
}) => Promise<ChannelResponse>;

/** What every channel that posts over HTTP is made with. */
interface HttpChannelOptions extends DeliveryOptions {
    /** Called instead of the platform's `fetch`, in the same way. */
    readonly fetch?: ChannelFetch | undefined;
}

/** What an `AlertmanagerChannel` is made with. It has no `concurrency`: what it posts has to arrive in order. */
interface AlertmanagerChannelOptions extends Omit<HttpChannelOptions, 'concurrency'> {
    /** What the channel is called. Default "alertmanager". */
    readonly name?: string | undefined;
    /** Where the Alertmanager is, without `/api/v2/alerts`. Taken for a secret. One channel for each of a cluster. */
    readonly url: string | URL;
    /** More headers, such as `authorization`. Their values are taken for secrets. Default none. */
    readonly headers?: Readonly<Record<string, string>> | undefined;
    /** What every alert is labelled with besides its own labels, `alertname` and `severity`. Default none. */
    readonly labels?: Labels | undefined;
    /** What the label `severity` says. Default `{ red: 'critical', yellow: 'warning' }`. */
    readonly severities?: Partial<Readonly<Record<Alert['severity'], string>>> | undefined;
    /** Where the alerts come from, for whoever reads them. Shown to all. Default none. */
    readonly generatorUrl?: string | undefined;
    /**
     * How often what fires is posted again, in ms, from 100. Alertmanager takes an alert for resolved that it has not
     * heard of for four times as long. Default 60000.
     */
    readonly repostMs?: number | undefined;
    /** How many firing alerts are posted again and again, at least 1. One more is dropped and counted. Default 10000. */
    readonly maxFiring?: number | undefined;
}
/** The present readings of an `AlertmanagerChannel`. */
interface AlertmanagerChannelSnapshot extends ReliableChannelSnapshot {
    /** Alerts that are posted again and again. */
    readonly firing: number;
    /** Alerts that have resolved and are posted once more. */
    readonly resolved: number;
    /** Posts of what fires, after the first. At most 256 alerts each. */
    readonly reposts: number;
    readonly failedReposts: number;
    /** Firings dropped at `maxFiring`. */
    readonly droppedFirings: number;
}
/**
 * Keeps an Alertmanager informed: posts what fires, posts it again as long as it does, and ends it when it has resolved.
 * It owns a timer as long as something fires: `stop()` it with its emitter. Then Alertmanager takes what fires for
 * resolved after four times `repostMs`.
 */
declare class AlertmanagerChannel extends ReliableChannel {
    #private;
    /** @throws {TypeError | RangeError} when an option is wrong; the message never holds a secret. */
    constructor(options: AlertmanagerChannelOptions);
    /** Posts it, a group as one. What fires is posted again from now on, also when this send is given up. */
    send(notification: AlertNotification, context: SendContext): Promise<void>;
    /**
     * Goes on posting alerts that an earlier process has told: after a restart give it what fires. Beyond `maxFiring`
     * they are dropped and counted.
     */
    resume(alerts: readonly Alert[]): void;
    /** Ends the reposts, for good. What is sent from now on is posted once. */
    stop(): void;
    [Symbol.dispose](): void;
    snapshot(): AlertmanagerChannelSnapshot;
}

/** What a `ChannelDeliveryError` is made of. */
interface DeliveryFailure {
    readonly channel: string;
    /** What went wrong, in words that hold no secret. */
    readonly detail: string;
    /** The status of the answer, of HTTP or SMTP; `null` when there was none. */
    readonly status: number | null;
    readonly retryable: boolean;
    readonly mayHaveArrived: boolean;
    readonly retryAfterMs?: number | undefined;
}
/**
 * A receiver refused a notification or could not be reached. Made anew from what is safe to show: the error of `fetch`
 * or of the mail library is not kept as its `cause`, since that may hold the URL or the password.
 */
declare class ChannelDeliveryError extends Error {
    readonly name = "ChannelDeliveryError";
    readonly code = "ERR_CHANNEL_DELIVERY";
    readonly channel: string;
    /** The status of the answer, of HTTP or SMTP; `null` when there was none. */
    readonly status: number | null;
    /** Whether another try may go better. */
    readonly retryable: boolean;
    /** Whether the receiver may have got it although it looks as if not. */
    readonly mayHaveArrived: boolean;
    /** How long the receiver wants to be left alone, in ms; `undefined` when it did not say. */
    readonly retryAfterMs: number | undefined;
    constructor({ channel, detail, status, retryable, mayHaveArrived, retryAfterMs }: DeliveryFailure);
}

/** A notification was dropped, because the channel held as many as its bound allows. */
declare class ChannelFullError extends Error {
    readonly name = "ChannelFullError";
    readonly code = "ERR_CHANNEL_FULL";
    readonly channel: string;
    /** The bound that was reached. */
    readonly capacity: number;
    /** No use to try again at once: there is no room. */
    readonly retryable = false;
    constructor(channel: string, capacity: number);
}

/** A send took longer than `timeoutMs`. It may have reached its receiver. */
declare class ChannelTimeoutError extends Error {
    readonly name = "ChannelTimeoutError";
    readonly code = "ERR_CHANNEL_TIMEOUT";
    readonly channel: string;
    readonly timeoutMs: number;
    /** Nobody can know: the answer is what is missing. */
    readonly mayHaveArrived = true;
    constructor(channel: string, timeoutMs: number);
}

/** What `logChannel` writes to: pino, or anything with its call shape. */
interface AlertLogger {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
}
/** What a `logChannel` is made with. */
interface LogChannelOptions {
    /** Default "log". */
    readonly name?: string | undefined;
}
/**
 * A channel that logs: a red firing as an error, a yellow one as a warning, a resolve as information. Each alert of a
 * group has a line of its own. The fields are `{ alert }`, with `reason` and the key of the `group` where there are any.
 * Default logger: the console.
 *
 * It writes at once and tries once, as a log is written. In a `ReliableChannel` it has what the other channels have: rate,
 * retries, circuit, bounds, `test()`, and a digest, which is one line with the fields `{ digest }`.
 * @throws {TypeError} when the logger lacks a method.
 */
declare function logChannel(logger?: AlertLogger, { name }?: LogChannelOptions): DigestChannel;

/** How bad an event is for PagerDuty. */
type PagerDutySeverity = 'critical' | 'error' | 'warning' | 'info';

/** What a `PagerDutyChannel` is made with. */
interface PagerDutyChannelOptions extends HttpChannelOptions {
    /** What the channel is called. Default "pagerduty". */
    readonly name?: string | undefined;
    /** The integration key of the service: 32 letters and digits. A secret. */
    readonly routingKey: string;
    /** Where to post. Default "https://events.pagerduty.com/v2/enqueue"; the EU has its own. */
    readonly url?: string | URL | undefined;
    /** What the events say has the trouble: a host, a service. Default "andon". */
    readonly source?: string | undefined;
    /** What the severities are called at PagerDuty. Default `{ red: 'critical', yellow: 'warning' }`. */
    readonly severities?: Partial<Readonly<Record<Alert['severity'], PagerDutySeverity>>> | undefined;
    /** How many sends may start in an interval. Default two a second. */
    readonly rate?: false | SendRate | undefined;
}
/**
 * Sends one event of PagerDuty's Events API v2 for each alert: what fires triggers, what has resolved resolves, under a
 * key made of the alert's fingerprint. A group is told alert by alert, and a storm is never folded into a digest: each
 * incident has to be closed.
 */
declare class PagerDutyChannel extends ReliableChannel {
    #private;
    /** @throws {TypeError | RangeError} when an option is wrong; the message never holds the key. */
    constructor(options: PagerDutyChannelOptions);
    /** Each alert of a group is an event of its own. Rejects with the first error once all of them have ended. */
    send(notification: AlertNotification, context: SendContext): Promise<void>;
    /**
     * Tells PagerDuty that somebody has seen an alert. Nothing happens there when the incident isn't open. Rejects when
     * it is given up.
     */
    acknowledge(alert: Pick<Alert, 'fingerprint'>, { signal }?: {
        readonly signal?: AbortSignal | undefined;
    }): Promise<void>;
}

/** What a `SlackChannel` is made with. */
interface SlackChannelOptions extends HttpChannelOptions {
    /** What the channel is called. Default "slack". */
    readonly name?: string | undefined;
    /** The URL of an incoming webhook of Slack. It is the secret: whoever has it may post. */
    readonly url: string | URL;
    /** How many sends may be under way at once, at least 1 or Infinity. Default 1. */
    readonly concurrency?: number | undefined;
    /** How many sends may start in an interval. Default one a second, which is what Slack allows. */
    readonly rate?: false | SendRate | undefined;
    /** When many notifications are told as one; `false` for never. Default `{ above: 10, windowMs: 30000 }`. */
    readonly digest?: false | DigestOptions | undefined;
}
/** Posts to an incoming webhook of Slack, and folds a storm into a digest. */
declare class SlackChannel extends ReliableChannel {
    /** @throws {TypeError | RangeError} when an option is wrong; the message never holds the URL. */
    constructor(options: SlackChannelOptions);
}

/** What a `WebhookChannel` is made with. */
interface WebhookChannelOptions extends HttpChannelOptions {
    /** What the channel is called. Default "webhook". */
    readonly name?: string | undefined;
    /** Where to post. Taken for a secret. User and password belong in `headers`. */
    readonly url: string | URL;
    /**
     * The key that is shared with the receiver: `whsec_` and 24 to 64 bytes in base64. Up to 8 while one takes the place
     * of another: each signs.
     */
    readonly key: string | readonly string[];
    /** More headers, such as `authorization`. Their values are taken for secrets. Default none. */
    readonly headers?: Readonly<Record<string, string>> | undefined;
}
/** What a `WebhookChannel` posts, as JSON. */
interface WebhookPayload {
    readonly type: 'alert.firing' | 'alert.resolved';
    /** When it happened, as ISO 8601 in UTC. When it was sent is in the header `webhook-timestamp`. */
    readonly timestamp: string;
    readonly data: AlertNotification;
}
/**
 * Posts each notification, signed as Standard Webhooks 1.0 says. Its receiver is a program, so that it never folds a
 * storm into a digest.
 */
declare class WebhookChannel extends ReliableChannel {
    /** @throws {TypeError | RangeError} when an option is wrong; the message never holds a secret. */
    constructor(options: WebhookChannelOptions);
}

export { Alert, AlertNotification, AlertmanagerChannel, ChannelDeliveryError, ChannelFullError, ChannelTimeoutError, DeliveryOptions, DigestChannel, DigestOptions, Labels, PagerDutyChannel, ReliableChannel, ReliableChannelSnapshot, SendContext, SendRate, SlackChannel, WebhookChannel, logChannel };
export type { AlertLogger, AlertmanagerChannelOptions, AlertmanagerChannelSnapshot, ChannelFetch, ChannelResponse, DeliveryFailure, HttpChannelOptions, LogChannelOptions, PagerDutyChannelOptions, PagerDutySeverity, SlackChannelOptions, WebhookChannelOptions, WebhookPayload };
