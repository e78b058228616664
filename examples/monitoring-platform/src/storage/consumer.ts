import type { CircuitBreaker } from '@tps/jidoka'
import { CircuitOpenError } from '@tps/jidoka'
import type { Logger } from 'pino'
import type { SampleQueue, Taken } from '../queue/queue.ts'
import type { Store } from './store.ts'

export interface StorageConsumerOptions {
  readonly queue: SampleQueue
  readonly store: Store
  /** Stops the line while nothing can be stored. */
  readonly breaker: CircuitBreaker
  readonly log: Logger
  /** The store gets about so many samples at once. */
  readonly flushSamples: number
  /** Samples wait no longer than this for others, in ms. */
  readonly flushMs: number
  /** Told of what was taken, before it is stored. */
  readonly onTaken?: (taken: Taken) => void
}

const RETRY_MS = 250

/** Takes samples out of the queue and stores them, in lots. One at a time, so that they stay in their order. */
export class StorageConsumer {
  readonly #options: StorageConsumerOptions
  /** What was taken and is not stored yet, in what the queue counts. */
  #inHand = 0
  #stored = 0
  #isHurried = false
  #isStopping = false
  #running: Promise<void> | undefined
  #waiters: (() => void)[] = []

  constructor(options: StorageConsumerOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /**
   * Resolves when everything that is in the queue now is stored. While nothing can be stored it doesn't wait: what is stored
   * can still be asked for.
   */
  async flush(): Promise<void> {
    const { queue, breaker } = this.#options
    // Of a shared queue others take as well, so there is nothing to wait for.
    if (queue.isShared) return
    const goal = this.#stored + this.#inHand + queue.snapshot().depth
    while (this.#stored < goal && !this.#isStopping && breaker.state === 'closed') {
      this.#isHurried = true
      queue.hurry()
      await new Promise<void>((resolve) => this.#waiters.push(resolve))
    }
    this.#isHurried = false
  }

  snapshot(): { readonly inHand: number; readonly stored: number } {
    return { inHand: this.#inHand, stored: this.#stored }
  }

  /** Stores what is in the queue, which has to be closed, and ends. Gives up after `graceMs`; resolves with what is left. */
  async stop(graceMs: number): Promise<number> {
    const timer = setTimeout(() => {
      this.#isStopping = true
      this.#wake()
    }, graceMs)
    this.#options.queue.hurry()
    await this.#running
    clearTimeout(timer)
    this.#isStopping = true
    this.#wake()
    return this.#inHand + this.#options.queue.snapshot().depth
  }

  async #run(): Promise<void> {
    const { queue, flushSamples, flushMs, log } = this.#options
    while (!this.#isStopping) {
      let taken: Taken | undefined
      try {
        taken = await queue.take({ maxSamples: flushSamples, waitMs: this.#isHurried ? 0 : flushMs })
      } catch (error) {
        log.error({ err: error }, 'the queue gave nothing')
        await this.#pause(RETRY_MS)
        continue
      }
      if (!taken) return
      this.#inHand = taken.units
      this.#options.onTaken?.(taken)
      if (!(await this.#store(taken))) {
        await taken.giveBack().catch((error: unknown) => log.error({ err: error }, 'samples could not be given back'))
        return
      }
      this.#inHand = 0
      this.#stored += taken.units
      this.#wake()
    }
  }

  /** Tries until it is stored. `false` when it is to stop before that. */
  async #store(taken: Taken): Promise<boolean> {
    const { store, breaker, log } = this.#options
    const { batches, position, keys } = taken
    while (!this.#isStopping) {
      try {
        await breaker.execute(async () => await store.append(batches, { position, keys }))
        await taken.done()
        return true
      } catch (error) {
        const isOpen = error instanceof CircuitOpenError
        if (!isOpen) log.error({ err: error, samples: taken.samples }, 'samples could not be stored; they are kept')
        this.#wake()
        await this.#pause(isOpen ? Math.min(RETRY_MS, Math.max(1, error.retryAfterMs ?? RETRY_MS)) : RETRY_MS)
      }
    }
    return false
  }

  /** Ends early when the consumer is to stop. */
  async #pause(ms: number): Promise<void> {
    const endMs = performance.now() + ms
    while (!this.#isStopping && performance.now() < endMs)
      await new Promise<void>((resolve) => void setTimeout(resolve, Math.min(50, ms)))
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }
}
