import PQueue from 'p-queue'
import { type Timers, checkName, checkObject } from '@tps/internal'
import type { AlertNotification, Channel, SendContext } from './channel.ts'
import { ChannelTimeoutError } from './channel-timeout-error.ts'
import { type CheckedReliableOptions, type ReliableChannelOptions, checkReliable } from './reliable-options.ts'

/** The present readings of a `ReliableChannel`. */
export interface ReliableChannelSnapshot {
  readonly name: string
  /** Sends that wait for `concurrency` or `rate`. */
  readonly waiting: number
  /** Sends under way. */
  readonly running: number
  /** Notifications that pause before their next try. */
  readonly pausing: number
  /** Notifications delivered. */
  readonly delivered: number
  /** Notifications given up. */
  readonly failed: number
  /** Tries after the first. */
  readonly retries: number
  /** Sends that took longer than `timeoutMs`. */
  readonly timeouts: number
}

/**
 * Makes a channel dependable: limits how many sends run and how often they start (through p-queue), gives each a
 * timeout, and tries again with growing, jittered pauses. Red alerts go before yellow ones.
 *
 * An error thrown by the inner channel may say more: `retryable: false` ends the tries at once, `retryAfterMs` sets
 * the least pause. It holds no more than it is given: an emitter gives it one notification of each alert at a time.
 */
export class ReliableChannel implements Channel {
  readonly name: string
  readonly #channel: Channel
  readonly #options: CheckedReliableOptions
  readonly #queue: PQueue
  /** Alerts whose firing was delivered and whose resolve is owed. */
  readonly #owed = new Set<string>()
  #pausing = 0
  #delivered = 0
  #failed = 0
  #retries = 0
  #timeouts = 0

  /** @throws {TypeError | RangeError} when an option is wrong. */
  constructor(channel: Channel, options: ReliableChannelOptions = {}) {
    this.#channel = checkObject('channel', channel, ['send'])
    this.name = checkName('channel.name', channel.name)
    this.#options = checkReliable(options)
    const { concurrency, rate } = this.#options
    this.#queue = new PQueue(rate ? { concurrency, intervalCap: rate.count, interval: rate.perMs } : { concurrency })
  }

  /** Resolves once it is delivered; rejects with the last error once it is given up or `signal` aborts. */
  async send(notification: AlertNotification, { signal }: SendContext): Promise<void> {
    const { fingerprint, severity } = notification.alert
    const isOwed = notification.kind === 'resolved' && this.#owed.delete(fingerprint)
    const attempts = isOwed ? this.#options.resolveAttempts : this.#options.attempts
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#queue.add(async () => this.#try(notification, signal), { priority: severity === 'red' ? 1 : 0 })
        this.#delivered++
        if (notification.kind === 'firing') this.#owed.add(fingerprint)
        return
      } catch (error) {
        if (attempt >= attempts || signal.aborted || readField(error, 'retryable') === false) {
          this.#failed++
          throw error
        }
        await this.#pause(attempt, error, signal)
        this.#retries++
      }
    }
  }

  snapshot(): ReliableChannelSnapshot {
    return {
      name: this.name,
      waiting: this.#queue.size,
      running: this.#queue.pending,
      pausing: this.#pausing,
      delivered: this.#delivered,
      failed: this.#failed,
      retries: this.#retries,
      timeouts: this.#timeouts,
    }
  }

  async #try(notification: AlertNotification, outer: AbortSignal): Promise<void> {
    outer.throwIfAborted()
    const { timeoutMs, timers } = this.#options
    const controller = new AbortController()
    const ended = Promise.withResolvers<never>()
    const end = (reason: unknown): void => {
      controller.abort(reason)
      ended.reject(reason)
    }
    const onAbort = (): void => end(outer.reason)
    outer.addEventListener('abort', onAbort, { once: true })
    const timer =
      timeoutMs === Infinity
        ? undefined
        : timers.schedule(timeoutMs, () => {
            this.#timeouts++
            end(new ChannelTimeoutError(this.name, timeoutMs))
          })
    try {
      // A send that ignores its signal gives its place back all the same: one that hangs must not stop the channel.
      await Promise.race([this.#channel.send(notification, { signal: controller.signal }), ended.promise])
    } finally {
      timer?.cancel()
      outer.removeEventListener('abort', onAbort)
    }
  }

  async #pause(attempt: number, error: unknown, signal: AbortSignal): Promise<void> {
    const { backoffMs, maxBackoffMs, random, timers } = this.#options
    const wholeMs = Math.min(maxBackoffMs, backoffMs * 2 ** Math.min(attempt - 1, 31))
    const jitteredMs = wholeMs * (0.5 + 0.5 * random())
    const retryAfterMs = readField(error, 'retryAfterMs')
    const pauseMs = typeof retryAfterMs === 'number' && retryAfterMs > jitteredMs ? retryAfterMs : jitteredMs
    this.#pausing++
    await wait(timers, Math.min(pauseMs, LONGEST_PAUSE_MS), signal)
    this.#pausing--
  }
}

/** An error's `retryAfterMs` is somebody else's number: no more than a day of it is believed. */
const LONGEST_PAUSE_MS = 86_400_000

/** Resolves after `ms`, or as soon as `signal` aborts. */
async function wait(timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = timers.schedule(ms, resolve)
  const onAbort = (): void => resolve()
  signal.addEventListener('abort', onAbort, { once: true })
  await promise
  timer.cancel()
  signal.removeEventListener('abort', onAbort)
}

function readField(error: unknown, field: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined
}
