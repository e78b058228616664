import type { Lease, LeaseOptions, WorkSource } from '@tps/kanban'
import type { Signal } from '../signal.ts'
import { type StoredSignal, restored } from './wire.ts'

/** A lease of a queue that is not in memory. */
interface DurableLease extends Lease<StoredSignal> {
  /** When the item was put in, in ms since 1970. */
  readonly createdAt: number
}

/** A queue that is not in memory. */
export interface DurableQueue extends WorkSource<StoredSignal> {
  readonly depth: number
  readonly leased: number
  lease(options?: LeaseOptions): Promise<DurableLease>
  tryLease(): DurableLease | undefined
}

/** What a source does with what it hands out. */
export interface SourceHooks {
  /**
   * Whether the signal, which was put in at `putAt` and handed out before, has come to its end: then its work is not done
   * again.
   */
  readonly isEnded: (id: string, putAt: number) => Promise<boolean>
  /** Whether its worker has died: then the end of its lease puts it back. */
  readonly takeBack: (signal: Signal) => boolean
  /** The signal itself, where this process has it. */
  readonly known?: ((id: string) => Signal | undefined) | undefined
}

/** What workers pull from: the signals of a queue that is not in memory. */
export class DurableSource implements WorkSource<Signal> {
  readonly leaseMs: number | undefined
  readonly #queue: DurableQueue
  readonly #hooks: SourceHooks

  constructor(queue: DurableQueue, hooks: SourceHooks) {
    this.leaseMs = queue.leaseMs
    this.#queue = queue
    this.#hooks = hooks
  }

  /** A pool that is drained asks for this, and for `leased`. */
  get depth(): number {
    return this.#queue.depth
  }

  get leased(): number {
    return this.#queue.leased
  }

  tryLease(): Lease<Signal> | undefined {
    return undefined
  }

  async lease(options?: LeaseOptions): Promise<Lease<Signal>> {
    for (;;) {
      const lease = await this.#queue.lease(options)
      if (lease.attempt === 1 || !(await this.#isEnded(lease))) return this.#opened(lease)
    }
  }

  /** A worker has recorded how it ended, and died before it could say that it is done. */
  async #isEnded(lease: DurableLease): Promise<boolean> {
    try {
      if (!(await this.#hooks.isEnded(lease.item.id, lease.createdAt))) return false
    } catch (error) {
      await lease.release?.()
      throw error
    }
    await lease.ack()
    return true
  }

  #opened(lease: DurableLease): Lease<Signal> {
    const { takeBack, known } = this.#hooks
    const signal = known?.(lease.item.id) ?? restored(lease.item, lease.createdAt)
    return {
      item: signal,
      attempt: lease.attempt,
      ack: async () => await (takeBack(signal) ? lease.retry() : lease.ack()),
      retry: async (how) => await lease.retry(how),
      deadLetter: async (reason) => await lease.deadLetter(reason),
      extend: async (ms) => await lease.extend(ms),
      release: async () => await lease.release?.(),
    }
  }
}
