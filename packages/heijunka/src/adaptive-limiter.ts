import { TimerWheel, type WorkContext } from '@tps/internal'
import type { LimitChange } from './adaptive-limit.ts'
import { type CallResult, type LoadOutcome, checkOutcome } from './adaptive-limiter-classify.ts'
import type {
  AcquireOptions,
  AdaptiveExecuteOptions,
  AdaptiveLimiter,
  AdaptiveLimiterEvents,
  AdaptiveLimiterSnapshot,
  LimitPermit,
} from './adaptive-limiter-contract.ts'
import {
  type AdaptiveLimiterOptions,
  type AdaptiveLimiterSettings,
  adaptiveLimiterSettings,
} from './adaptive-limiter-options.ts'
import { type Partition, Places } from './adaptive-limiter-places.ts'
import { Permit } from './adaptive-limiter-permit.ts'
import { CallContext, begin } from './call-context.ts'
import { Emitting } from './emitting.ts'
import { LimitExceededError, type LimitExceededReason } from './limit-exceeded-error.ts'

/**
 * Bounds how many calls run at once, by a limit that follows what happens to them: by their latency (`gradient`) or by
 * drops (`aimd`). In front of a service it sheds what that can't do in time; around a downstream call it finds out how much
 * that bears. A limit that isn't used doesn't grow.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function adaptiveLimiter(options: AdaptiveLimiterOptions = {}): AdaptiveLimiter {
  return new Limiter(adaptiveLimiterSettings(options), options)
}

class Limiter extends Emitting<AdaptiveLimiterEvents> implements AdaptiveLimiter {
  readonly kind = 'adaptive-limiter'
  readonly #settings: AdaptiveLimiterSettings
  readonly #places: Places
  readonly #deadlines: TimerWheel
  #isStopped = false
  #order = 0
  #admitted = 0
  #rejected = 0
  #cancelled = 0
  readonly #ended: Record<LoadOutcome, number> = { success: 0, failure: 0, ignore: 0, drop: 0 }

  constructor(settings: AdaptiveLimiterSettings, options: AdaptiveLimiterOptions) {
    super(options, 'adaptive-limiter')
    this.#settings = settings
    this.#places = new Places(settings.partitions)
    this.#deadlines = new TimerWheel({ clock: settings.clock, timers: settings.timers })
  }

  get limit(): number {
    return this.#settings.limit.limit
  }

  tryAcquire(options?: Pick<AcquireOptions, 'class'>): LimitPermit | undefined {
    const partition = this.#places.find(options?.class)
    if (this.#places.tryEnter(partition, this.limit)) return this.#permit(partition)
    this.#countRejection(partition, 'full')
    return undefined
  }

  async acquire(options?: AcquireOptions): Promise<LimitPermit> {
    options?.signal?.throwIfAborted()
    return this.#acquire(options?.class, options?.signal)
  }

  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: AdaptiveExecuteOptions): Promise<T> {
    const signal = CallContext.peek(options)
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (signal?.aborted) return Promise.reject(signal.reason)
    try {
      const permit = this.#acquire(options?.class, signal)
      if (permit instanceof Permit) return this.#run(permit, work, options)
      return permit.then((got) => {
        // It may have aborted between its turn and now.
        if (signal?.aborted) got.ignore()
        signal?.throwIfAborted()
        return this.#run(got, work, options)
      })
    } catch (error) {
      // oxlint-disable-next-line prefer-promise-reject-errors
      return Promise.reject(error)
    }
  }

  stop(): void {
    this.#isStopped = true
    for (const { reject } of this.#places.drain()) reject(undefined)
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  snapshot(): AdaptiveLimiterSnapshot {
    const { algorithm, limit: rule, minLimit, maxLimit, queueCapacity } = this.#settings
    const { limit } = rule
    const { success, failure, ignore, drop } = this.#ended
    return {
      name: this.name,
      algorithm,
      limit,
      minLimit,
      maxLimit,
      inFlight: this.#places.inFlight,
      queued: this.#places.queued,
      queueCapacity,
      baselineMs: rule.baselineMs ?? null,
      latencyMs: rule.latencyMs ?? null,
      partitions: Object.fromEntries(
        this.#places.classes.map((partition) => {
          const { name = '', share, inFlight, waiters } = partition
          return [name, { share, guaranteed: partition.guaranteed(limit), inFlight, queued: waiters.size }]
        }),
      ),
      totals: {
        admitted: this.#admitted,
        succeeded: success,
        failed: failure,
        ignored: ignore,
        dropped: drop,
        rejected: this.#rejected,
        cancelled: this.#cancelled,
      },
    }
  }

  readonly #release = (permit: Permit, outcome: LoadOutcome): void => {
    this.#places.leave(permit.partition)
    this.#ended[outcome]++
    const { limit: rule, clock } = this.#settings
    const from = rule.limit
    let change: LimitChange | undefined
    if (outcome === 'success') change = rule.success(permit.beganMs, clock.now(), permit.inFlight)
    else if (outcome === 'drop') change = rule.drop(permit.beganMs, clock.now())
    const to = rule.limit
    for (let next = this.#places.next(to); next; next = this.#places.next(to)) next.admit()
    if (change && from !== to && this.isHeard('limit')) this.emit('limit', { from, to, reason: change })
  }

  #permit(partition: Partition): Permit {
    this.#admitted++
    return new Permit(this.#release, partition, this.#settings.clock.now(), this.#places.inFlight)
  }

  #acquire(name: string | undefined, signal: AbortSignal | undefined): Permit | Promise<Permit> {
    const partition = this.#places.find(name)
    if (this.#places.tryEnter(partition, this.limit)) return this.#permit(partition)
    if (this.#isStopped) throw this.#reject(partition, 'stopped')
    if (this.#places.queued >= this.#settings.queueCapacity) throw this.#reject(partition, 'full')
    return this.#wait(partition, signal)
  }

  #wait(partition: Partition, signal: AbortSignal | undefined): Promise<Permit> {
    return new Promise((resolve, reject) => {
      const { maxWaitMs } = this.#settings
      const end = (): void => {
        deadline?.cancel()
        signal?.removeEventListener('abort', stop)
      }
      const place = this.#places.join(partition, {
        order: this.#order++,
        admit: () => {
          end()
          resolve(this.#permit(partition))
        },
        reject: () => {
          end()
          reject(this.#reject(partition, 'stopped'))
        },
      })
      const stop = (): void => {
        end()
        this.#places.giveUp(partition, place)
        this.#cancelled++
        // oxlint-disable-next-line prefer-promise-reject-errors
        reject(signal?.reason)
      }
      const deadline = Number.isFinite(maxWaitMs)
        ? this.#deadlines.schedule(maxWaitMs, () => {
            end()
            this.#places.giveUp(partition, place)
            reject(this.#reject(partition, 'wait'))
          })
        : undefined
      signal?.addEventListener('abort', stop)
    })
  }

  #run<T>(
    permit: Permit,
    work: (context: WorkContext) => T | PromiseLike<T>,
    options: AdaptiveExecuteOptions | undefined,
  ): Promise<T> {
    return begin(work, options).then(
      (value) => {
        permit.end(this.#judge({ ok: true, value }))
        return value
      },
      (error: unknown) => {
        // Cancelled by the caller is neither success nor failure.
        permit.end(CallContext.peek(options)?.aborted ? 'ignore' : this.#judge({ ok: false, error }))
        throw error
      },
    )
  }

  #judge(result: CallResult): LoadOutcome {
    const { classify } = this.#settings
    return this.ask('classify', () => checkOutcome(classify(result)), 'ignore')
  }

  #reject(partition: Partition, reason: LimitExceededReason): LimitExceededError {
    this.#countRejection(partition, reason)
    const { inFlight, queued } = this.#places
    return new LimitExceededError({
      limiter: this.name,
      reason,
      class: partition.name,
      limit: this.limit,
      inFlight,
      queued,
    })
  }

  #countRejection(partition: Partition, reason: LimitExceededReason): void {
    this.#rejected++
    if (!this.isHeard('rejected')) return
    const { inFlight, queued } = this.#places
    this.emit('rejected', { class: partition.name, reason, limit: this.limit, inFlight, queued })
  }
}
