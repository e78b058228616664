import { type Timer, type Timers, checkInteger, checkName, checkNumber, checkObject, systemTimers } from '@tps/internal'
import type { Alert } from './alert.ts'
import { AlertmanagerBook } from './alertmanager-book.ts'
import type { AlertNotification, Channel, SendContext } from './channel.ts'
import { ChannelFullError } from './channel-full-error.ts'
import { post } from './channel-http.ts'
import { type HttpChannelOptions, postOffice } from './channel-options.ts'
import { checkSecretHeaders, checkSecretUrl } from './channel-secrets.ts'
import { alertsOf } from './channel-text.ts'
import { type Labels, checkLabels } from './labels.ts'
import { ReliableChannel, type ReliableChannelSnapshot } from './reliable-channel.ts'
import { LONGEST_MS } from './reliable-options.ts'
import { readWall } from './wall.ts'
import { withoutDigest } from './webhook-channel.ts'

/** What an `AlertmanagerChannel` is made with. It has no `concurrency`: what it posts has to arrive in order. */
export interface AlertmanagerChannelOptions extends Omit<HttpChannelOptions, 'concurrency'> {
  /** What the channel is called. Default "alertmanager". */
  readonly name?: string | undefined
  /** Where the Alertmanager is, without `/api/v2/alerts`. Taken for a secret. One channel for each of a cluster. */
  readonly url: string | URL
  /** More headers, such as `authorization`. Their values are taken for secrets. Default none. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** What every alert is labelled with besides its own labels, `alertname` and `severity`. Default none. */
  readonly labels?: Labels | undefined
  /** What the label `severity` says. Default `{ red: 'critical', yellow: 'warning' }`. */
  readonly severities?: Partial<Readonly<Record<Alert['severity'], string>>> | undefined
  /** Where the alerts come from, for whoever reads them. Shown to all. Default none. */
  readonly generatorUrl?: string | undefined
  /**
   * How often what fires is posted again, in ms, from 100. Alertmanager takes an alert for resolved that it has not
   * heard of for four times as long. Default 60000.
   */
  readonly repostMs?: number | undefined
  /** How many firing alerts are posted again and again, at least 1. One more is dropped and counted. Default 10000. */
  readonly maxFiring?: number | undefined
}

/** The present readings of an `AlertmanagerChannel`. */
export interface AlertmanagerChannelSnapshot extends ReliableChannelSnapshot {
  /** Alerts that are posted again and again. */
  readonly firing: number
  /** Alerts that have resolved and are posted once more. */
  readonly resolved: number
  /** Posts of what fires, after the first. At most 256 alerts each. */
  readonly reposts: number
  readonly failedReposts: number
  /** Firings dropped at `maxFiring`. */
  readonly droppedFirings: number
}

/** How many alerts are posted at once. */
const PIECE = 256

/**
 * Keeps an Alertmanager informed: posts what fires, posts it again as long as it does, and ends it when it has resolved.
 * It owns a timer as long as something fires: `stop()` it with its emitter. Then Alertmanager takes what fires for
 * resolved after four times `repostMs`.
 */
export class AlertmanagerChannel extends ReliableChannel {
  readonly #book: AlertmanagerBook
  readonly #say: (body: string, signal: AbortSignal) => Promise<void>
  readonly #timers: Timers
  readonly #repostMs: number
  readonly #maxFiring: number
  readonly #stopped = new AbortController()
  #timer: Timer | undefined
  #isReposting = false
  #reposts = 0
  #failedReposts = 0
  #droppedFirings = 0

  /** @throws {TypeError | RangeError} when an option is wrong; the message never holds a secret. */
  constructor(options: AlertmanagerChannelOptions) {
    const { channel, book, say } = alertmanagerPoster(options)
    const { timers = systemTimers, repostMs = DEFAULT_REPOST_MS, maxFiring = 10_000 } = options
    super(channel, withoutDigest({ ...options, concurrency: 1 }))
    this.#book = book
    this.#say = say
    this.#timers = timers
    this.#repostMs = repostMs
    this.#maxFiring = checkInteger('maxFiring', maxFiring, { min: 1 })
  }

  /** Posts it, a group as one. What fires is posted again from now on, also when this send is given up. */
  override async send(notification: AlertNotification, context: SendContext): Promise<void> {
    const alerts = alertsOf(notification)
    if (notification.kind === 'resolved') this.#book.resolve(alerts, this.#maxFiring)
    else if (this.#book.firing + this.#book.unknown(alerts) > this.#maxFiring) {
      this.#droppedFirings++
      throw new ChannelFullError(this.name, this.#maxFiring)
    } else this.#book.fire(alerts)
    this.#schedule()
    return super.send(notification, context)
  }

  /**
   * Goes on posting alerts that an earlier process has told: after a restart give it what fires. Beyond `maxFiring`
   * they are dropped and counted.
   */
  resume(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      if (alert.state !== 'firing') continue
      if (this.#book.firing < this.#maxFiring) this.#book.fire([alert])
      else this.#droppedFirings++
    }
    void this.#repost()
    this.#schedule()
  }

  /** Ends the reposts, for good. What is sent from now on is posted once. */
  stop(): void {
    this.#stopped.abort()
    this.#timer?.cancel()
    this.#timer = undefined
    this.#book.clear()
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  override snapshot(): AlertmanagerChannelSnapshot {
    const { firing, resolved } = this.#book
    const [reposts, failedReposts, droppedFirings] = [this.#reposts, this.#failedReposts, this.#droppedFirings]
    return { ...super.snapshot(), firing, resolved, reposts, failedReposts, droppedFirings }
  }

  #schedule(): void {
    if (this.#stopped.signal.aborted) return this.#book.clear()
    if (this.#timer || this.#book.firing + this.#book.resolved === 0) return
    this.#timer = this.#timers.schedule(this.#repostMs, () => {
      this.#timer = undefined
      void this.#repost()
      this.#schedule()
    })
  }

  async #repost(): Promise<void> {
    // A slow Alertmanager is given one round at a time.
    if (this.#isReposting) return
    this.#isReposting = true
    await Promise.all(this.#book.pieces(PIECE).map(async (piece) => this.#repostPiece(piece)))
    this.#isReposting = false
  }

  async #repostPiece(piece: readonly string[]): Promise<void> {
    const work = async (signal: AbortSignal): Promise<void> => {
      // As it stands at the moment of each try: never posts as firing what has resolved.
      const { posted, arrived } = this.#book.repost(piece)
      if (posted.length === 0) return
      await this.#say(JSON.stringify(posted), signal)
      arrived()
    }
    try {
      await this.deliver(work, { signal: this.#stopped.signal, isUrgent: true })
      this.#reposts++
    } catch {
      // The next round comes by itself, long before Alertmanager gives the alerts up.
      this.#failedReposts++
    }
  }
}

const DEFAULT_REPOST_MS = 60_000

function alertmanagerPoster(options: AlertmanagerChannelOptions): {
  channel: Channel
  book: AlertmanagerBook
  say: (body: string, signal: AbortSignal) => Promise<void>
} {
  const {
    name = 'alertmanager',
    repostMs = DEFAULT_REPOST_MS,
    labels = {},
    generatorUrl,
  } = checkObject('options', options)
  const { red = 'critical', yellow = 'warning' } = checkObject('severities', options.severities ?? {})
  const headers = checkSecretHeaders(options.headers, ['content-type', 'content-length', 'host'])
  const url = `${checkSecretUrl('url', options.url).replace(/\/+$/, '')}/api/v2/alerts`
  const office = postOffice(name, url, options, Object.values(headers))
  checkNumber('repostMs', repostMs, { min: 100, max: LONGEST_MS / 4 })
  const look = {
    labels: checkLabels('labels', labels),
    severities: { red: checkName('severities.red', red), yellow: checkName('severities.yellow', yellow) },
    generatorUrl: generatorUrl === undefined ? undefined : checkName('generatorUrl', generatorUrl),
  }
  const book = new AlertmanagerBook(look, repostMs, () => readWall(office.wallNow))
  const say = async (body: string, signal: AbortSignal): Promise<void> => post(office, body, headers, signal)
  const send: Channel['send'] = async (notification, { signal }) => {
    const posted = book.post(notification)
    if (posted.length > 0) await say(JSON.stringify(posted), signal)
  }
  return { channel: { name, send }, book, say }
}
