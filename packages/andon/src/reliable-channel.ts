import { type Observable, checkObject, checkName } from '@tps/internal'
import type { AlertNotification, Channel, SendContext } from './channel.ts'
import { type ChannelTest, type ChannelTestStep, describeError, sampleOf } from './channel-sample.ts'
import { alertsOf } from './channel-text.ts'
import { ChannelTimeoutError } from './channel-timeout-error.ts'
import type { DigestChannel } from './digest.ts'
import { ReliableDelivery } from './reliable-delivery.ts'
import type { ReliableChannelEvents } from './reliable-events.ts'
import { type CheckedDelivery, type ReliableChannelOptions, checkDelivery } from './reliable-options.ts'
import type { Failure } from './reliable-item.ts'
import { readField, tryOnce } from './reliable-try.ts'
import { turnsOf } from './reliable-turns.ts'
import { readWall } from './wall.ts'

/** The present readings of a `ReliableChannel`. */
export interface ReliableChannelSnapshot {
  readonly name: string
  /** Notifications that wait for their turn: for `concurrency`, `rate`, the circuit or the next digest. */
  readonly waiting: number
  /** Sends under way. A digest is one. */
  readonly running: number
  /** Notifications that pause before their next try. */
  readonly pausing: number
  /** How long all sends are held back yet, in ms: by the circuit, by `Retry-After`, until the next digest. Else 0. */
  readonly heldMs: number
  /** `closed`, `open` or `half-open`, or what a breaker of yours calls it. `null` without one. */
  readonly circuit: string | null
  /** Notifications delivered, those in digests included. */
  readonly delivered: number
  /** Notifications given up. */
  readonly failed: number
  /** Notifications dropped at `capacity`. */
  readonly dropped: number
  /** Tries of notifications after their first. */
  readonly retries: number
  /** Sends that took longer than `timeoutMs`. */
  readonly timeouts: number
  /** Digests delivered. */
  readonly digests: number
  /** Notifications delivered in digests. */
  readonly digested: number
}

/** How many alerts are remembered as never delivered. Beyond it the oldest is forgotten, and its resolve is owed. */
const MOST_UNDELIVERED = 100_000

/**
 * Makes a channel dependable: limits how many sends run and how often they start (through p-queue), gives each a
 * timeout, tries again with growing, jittered pauses, leaves a receiver alone that is down, and folds a storm into
 * digests where the channel has `sendDigest`. Red alerts go before yellow ones.
 *
 * An error thrown by the inner channel may say more: `retryable: false` ends the tries at once, `retryAfterMs` holds
 * all sends for that long, `mayHaveArrived: true` says that the receiver may have got it, so that the resolve is owed.
 */
export class ReliableChannel implements Channel, Observable<ReliableChannelEvents> {
  readonly name: string
  readonly #channel: Channel
  readonly #options: CheckedDelivery
  readonly #delivery: ReliableDelivery
  /**
   * Alerts whose firing has surely not arrived. The resolve of every other one is owed, also when the firing was
   * delivered by an earlier process.
   */
  readonly #undelivered = new Set<string>()

  /** @throws {TypeError | RangeError} when an option is wrong, or `digest` is asked of a channel without `sendDigest`. */
  constructor(channel: Channel | DigestChannel, options: ReliableChannelOptions = {}) {
    this.#options = checkDelivery(options)
    const { digest } = this.#options
    this.#channel = checkObject('channel', channel, digest ? ['send', 'sendDigest'] : ['send'])
    this.name = options.name ?? checkName('channel.name', channel.name)
    const sendDigest = digest && 'sendDigest' in channel ? channel.sendDigest.bind(channel) : undefined
    this.#delivery = new ReliableDelivery(this.name, this.#options, sendDigest)
  }

  /** Resolves once it is delivered; rejects with the last error once it is given up, dropped or `signal` aborts. */
  async send(notification: AlertNotification, { signal }: SendContext): Promise<void> {
    const { kind, alert } = notification
    const fingerprints = alertsOf(notification).map(({ fingerprint }) => fingerprint)
    // Not `some`: each of them is forgotten.
    const isOwed = kind === 'resolved' && fingerprints.filter((each) => !this.#undelivered.delete(each)).length > 0
    const item = this.#delivery.add(
      {
        notification,
        isUrgent: alert.severity === 'red',
        isOwed,
        attempts: isOwed ? this.#options.resolveAttempts : this.#options.attempts,
        run: (signal) => this.#channel.send(notification, { signal }),
      },
      signal,
    )
    try {
      await item.done
      this.#remember(fingerprints, false)
    } catch (error) {
      // A repeat that fails says nothing about the firing before it.
      const isFirst = kind === 'firing' && !notification.reason
      if (isFirst && !item.mayHaveArrived && !signal.aborted) this.#remember(fingerprints, true)
      throw error
    }
  }

  /** Adds a listener. Returns what takes it away. */
  on<E extends keyof ReliableChannelEvents>(
    event: E,
    listener: (...args: ReliableChannelEvents[E]) => void,
  ): () => void {
    return this.#delivery.events.on(event, listener)
  }

  /**
   * Sends a sample that fires, then its resolve, and reports what happened; never rejects. One try each: the first at
   * once, whatever the circuit says, the second as soon as `rate` allows. It changes no count. People and machines
   * behind the channel get it.
   */
  async test({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<ChannelTest> {
    const steps: ChannelTestStep[] = []
    // Turns of its own: those of the others may be held back.
    const turns = turnsOf({ concurrency: 1, rate: this.#options.rate })
    for (const notification of sampleOf(this.name, readWall(this.#options.wallNow))) {
      const { durationMs, failure } = await turns.add(async () => this.#tryOnce(notification, signal))
      const error = failure ? describeError(failure.error) : null
      steps.push({ kind: notification.kind, isDelivered: !failure, durationMs, error })
      // What did not arrive needs no resolve. What may have does.
      if (failure && readField(failure.error, 'mayHaveArrived') !== true) break
    }
    return { channel: this.name, isDelivered: steps.every(({ isDelivered }) => isDelivered), steps }
  }

  snapshot(): ReliableChannelSnapshot {
    const { waiting, pausing, heldMs, guard, counts } = this.#delivery
    const { sending, ...totals } = counts
    return {
      name: this.name,
      waiting,
      running: sending,
      pausing,
      heldMs,
      circuit: guard?.state ?? null,
      ...totals,
    }
  }

  /**
   * For subclasses: does something that is no notification under the same concurrency, rate, tries and circuit. It
   * is taken beyond `capacity`, counted nowhere, and never folded into a digest.
   */
  protected async deliver(
    work: (signal: AbortSignal) => void | Promise<void>,
    { signal, isUrgent }: { readonly signal: AbortSignal; readonly isUrgent: boolean },
  ): Promise<void> {
    const { attempts } = this.#options
    await this.#delivery.add({ notification: undefined, isUrgent, isOwed: true, attempts, run: work }, signal).done
  }

  #remember(fingerprints: readonly string[], isUndelivered: boolean): void {
    for (const fingerprint of fingerprints) {
      this.#undelivered.delete(fingerprint)
      if (isUndelivered) this.#undelivered.add(fingerprint)
    }
    for (const oldest of this.#undelivered) {
      if (this.#undelivered.size <= MOST_UNDELIVERED) break
      this.#undelivered.delete(oldest)
    }
  }

  async #tryOnce(
    notification: AlertNotification,
    outer: AbortSignal | undefined,
  ): Promise<{ durationMs: number; failure: Failure | undefined }> {
    const { clock, timers, timeoutMs } = this.#options
    const controller = new AbortController()
    const onAbort = (): void => controller.abort(outer?.reason)
    if (outer?.aborted) onAbort()
    outer?.addEventListener('abort', onAbort, { once: true })
    const startMs = clock.now()
    const timeout = { ms: timeoutMs, reason: () => new ChannelTimeoutError(this.name, timeoutMs) }
    const run = (signal: AbortSignal): void | Promise<void> => this.#channel.send(notification, { signal })
    const failure = await tryOnce(run, controller, timers, timeout).then(
      () => undefined,
      (error: unknown): Failure => ({ error }),
    )
    outer?.removeEventListener('abort', onAbort)
    return { durationMs: clock.now() - startMs, failure }
  }
}
