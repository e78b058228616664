import type { LoadLevelerSnapshot } from '@tps/heijunka'
import { SqliteQueue } from '@tps/kanban/sqlite'
import type { Config } from '../config.ts'
import type { Outcome } from '../line/outcome.ts'
import type { SignalRecord } from '../register.ts'
import type { Signal } from '../signal.ts'
import type { QueueState } from '../snapshots.ts'
import { DurableDeadSignals } from './durable-dead-signals.ts'
import { DurableSource } from './durable-source.ts'
import { OutcomeStore } from './outcome-store.ts'
import { sharedLoads } from './shared-loads.ts'
import { CLASSES, type WorkQueue, classOf } from './signal-queue.ts'
import { type StoredSignal, stored } from './wire.ts'

/** How many more signals are remembered than can be asked for, so that none that still waits is forgotten. */
const SPARE = 10_000

/**
 * The queue in a file: what was accepted survives a kill. How each signal ended is in the same file, written before the signal
 * leaves the queue: one that is worked on twice, because its worker was killed, still has one end.
 */
export class SqliteSignalQueue implements WorkQueue {
  readonly mode = 'sqlite'
  readonly deadLetters: DurableDeadSignals
  readonly leaseMs: number
  readonly #config: Config
  readonly #queue: SqliteQueue<StoredSignal>
  readonly #outcomes: OutcomeStore
  /** Signals that this process has accepted and that wait. */
  readonly #known = new Map<string, Signal>()
  readonly #givenBack = new Set<Signal>()
  #workers: number
  #duplicates = 0

  private constructor(config: Config, queue: SqliteQueue<StoredSignal>, outcomes: OutcomeStore, workers: number) {
    this.#config = config
    this.#queue = queue
    this.#outcomes = outcomes
    this.#workers = workers
    this.leaseMs = queue.leaseMs
    this.deadLetters = new DurableDeadSignals(queue.deadLetters, config.DEAD_LETTERS_KEPT, () => queue.snapshot())
  }

  /** @throws {StorageError} when the file can't be used. */
  static async open(config: Config, workers: number): Promise<SqliteSignalQueue> {
    const queue = await SqliteQueue.open<StoredSignal>({
      name: 'signals',
      path: config.QUEUE_FILE,
      capacity: config.MAX_QUEUE_DEPTH,
      classes: CLASSES,
      maxAgeMs: config.PRIORITY_MAX_AGE_MS,
      leaseMs: config.LEASE_MS,
      deadLetterCapacity: config.DEAD_LETTERS_KEPT,
    })
    const kept = config.SIGNALS_KEPT + config.MAX_QUEUE_DEPTH + SPARE
    const outcomes = await OutcomeStore.open({ path: config.QUEUE_FILE, kept })
    const signals = new SqliteSignalQueue(config, queue, outcomes, workers)
    await signals.#tellDeath()
    queue.on('poisoned', () => void signals.#tellDeath().catch(() => undefined))
    return signals
  }

  async offer(signal: Signal): Promise<boolean> {
    const { id, request } = signal
    this.#known.set(id, signal)
    try {
      await this.#outcomes.accepted(recordOf(signal))
      const isIn = await this.#queue.offer(stored(signal), { class: classOf(request), key: id })
      if (!isIn) await this.#forget(id)
      return isIn
    } catch (error) {
      await this.#forget(id).catch(() => undefined)
      throw error
    }
  }

  /** Writes how a signal ended. Resolves with whether that is its first end. */
  async ended(outcome: Outcome): Promise<boolean> {
    const { id, signalType, traceId, acceptedAt, status, durationMs, result, error } = outcome
    const record = { id, signalType, traceId, acceptedAt, status, durationMs, result, error }
    const isFirst = await this.#outcomes.ended(record)
    if (!isFirst) this.#duplicates++
    return isFirst
  }

  async find(id: string): Promise<SignalRecord | undefined> {
    return await this.#outcomes.find(id)
  }

  async revive(id: string): Promise<void> {
    await this.#outcomes.revived(id)
  }

  estimateWaitMs(): undefined {
    return undefined
  }

  source(): DurableSource {
    return new DurableSource(this.#queue, {
      isEnded: async (id) => {
        const { status } = (await this.#outcomes.find(id)) ?? {}
        return status !== undefined && status !== 'queued'
      },
      takeBack: (signal) => this.#givenBack.delete(signal),
      known: (id) => {
        const signal = this.#known.get(id)
        this.#known.delete(id)
        return signal
      },
    })
  }

  resize(workers: number): void {
    this.#workers = workers
  }

  giveBack(signal: Signal): void {
    this.#givenBack.add(signal)
    this.#known.set(signal.id, signal)
  }

  state(): Omit<QueueState, 'connected'> {
    const { depth, leased, oldestAgeMs } = this.#queue.snapshot()
    const capacity = this.#config.MAX_QUEUE_DEPTH
    const duplicates = this.#duplicates
    return { mode: this.mode, capacity, depth, byPriority: null, leased, oldestAgeMs, duplicates }
  }

  leveler(): LoadLevelerSnapshot {
    const { leased } = this.#queue.snapshot()
    return sharedLoads(this.#queue.snapshot(), this.#config, ones(Math.min(leased, this.#workers), this.#workers))
  }

  get isClosed(): boolean {
    return this.#queue.isClosed
  }

  close(): void {
    this.#queue.close()
  }

  async stop(): Promise<void> {
    await this.#queue.stop()
    await this.#outcomes.close()
  }

  async #forget(id: string): Promise<void> {
    this.#known.delete(id)
    await this.#outcomes.dropped(id)
  }

  /** Of what was given up without a worker that could say so: its workers were killed, again and again. */
  async #tellDeath(): Promise<void> {
    for await (const { signalId: id, traceId, acceptedAt, request, errors } of this.deadLetters.all()) {
      const known = { id, traceId, acceptedAt, signalType: request.signal_type }
      await this.#outcomes.ended({ ...known, status: 'dead-lettered', error: errors.at(-1) })
    }
  }
}

function recordOf({ id, request, traceId, acceptedAt }: Signal): SignalRecord {
  return { id, signalType: request.signal_type, traceId, acceptedAt, status: 'queued' }
}

/** `count` ones and then noughts, `length` in all. */
function ones(count: number, length: number): number[] {
  return Array.from({ length }, (_, index) => (index < count ? 1 : 0))
}
