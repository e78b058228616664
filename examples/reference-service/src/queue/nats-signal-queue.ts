import type { DurationClassifier, LoadLevelerSnapshot } from '@tps/heijunka'
import { JetStreamQueue } from '@tps/kanban/nats'
import type { Config } from '../config.ts'
import type { NatsLink } from '../nats/link.ts'
import type { NatsOutcomes } from '../nats/outcomes.ts'
import { type Signal, kindOf } from '../signal.ts'
import type { QueueState } from '../snapshots.ts'
import { DurableDeadSignals } from './durable-dead-signals.ts'
import { DurableSource } from './durable-source.ts'
import { PairedDeadSignals } from './paired-dead-signals.ts'
import { sharedLoads } from './shared-loads.ts'
import { CLASSES, type SignalQueue, type WorkQueue, classOf } from './signal-queue.ts'
import { type StoredSignal, stored } from './wire.ts'

/** How long the server may take to answer, in ms. */
const REQUEST_MS = 3_000

/** Which work a queue is for. */
export type Speed = 'fast' | 'slow'

/** There is no connection to NATS. */
class QueueUnreachableError extends Error {
  override readonly name = 'QueueUnreachableError'
  readonly code = 'ERR_QUEUE_UNREACHABLE'
}

/** The queue of fast work or of slow work, in a stream of JetStream. */
export async function openSpeed(link: NatsLink, config: Config, speed: Speed): Promise<JetStreamQueue<StoredSignal>> {
  return await JetStreamQueue.open<StoredSignal>({
    connection: link.connection,
    name: link.name(speed),
    capacity: config.MAX_QUEUE_DEPTH,
    classes: CLASSES,
    maxAgeMs: config.PRIORITY_MAX_AGE_MS,
    leaseMs: config.LEASE_MS,
    deadLetterCapacity: config.DEAD_LETTERS_KEPT,
    requestMs: REQUEST_MS,
    refreshMs: 500,
  })
}

/** Where the API puts signals in: fast work into one queue, slow work into the other, by what was learned of its kind. */
export class NatsSignalQueue implements SignalQueue {
  readonly mode = 'nats'
  readonly deadLetters: PairedDeadSignals
  readonly #link: NatsLink
  readonly #config: Config
  readonly #durations: DurationClassifier<string>
  readonly #queues: Readonly<Record<Speed, JetStreamQueue<StoredSignal>>>
  #isClosed = false

  private constructor(
    link: NatsLink,
    config: Config,
    durations: DurationClassifier<string>,
    queues: Readonly<Record<Speed, JetStreamQueue<StoredSignal>>>,
  ) {
    this.#link = link
    this.#config = config
    this.#durations = durations
    this.#queues = queues
    const [fast, slow] = [deadOf(queues.fast, config), deadOf(queues.slow, config)]
    this.deadLetters = new PairedDeadSignals(fast, slow)
  }

  static async open(link: NatsLink, config: Config, durations: DurationClassifier<string>): Promise<NatsSignalQueue> {
    const [fast, slow] = await Promise.all([openSpeed(link, config, 'fast'), openSpeed(link, config, 'slow')])
    return new NatsSignalQueue(link, config, durations, { fast, slow })
  }

  async offer(signal: Signal): Promise<boolean> {
    if (!this.#link.isConnected) throw new QueueUnreachableError('there is no connection to NATS')
    const speed = this.#durations.classify(kindOf(signal))
    const { id, request } = signal
    return await this.#queues[speed].offer(stored(signal), { class: classOf(request), key: id })
  }

  estimateWaitMs(): undefined {
    return undefined
  }

  /** How many signals wait for each kind of workers. */
  waiting(speed: Speed): number {
    return this.#queues[speed].depth
  }

  state(): Omit<QueueState, 'connected'> {
    const [fast, slow] = this.#snapshots()
    return {
      mode: this.mode,
      capacity: this.#config.MAX_QUEUE_DEPTH,
      depth: fast.depth + slow.depth,
      byPriority: null,
      leased: fast.leased + slow.leased,
      oldestAgeMs: Math.max(fast.oldestAgeMs, slow.oldestAgeMs),
      // The workers know.
      duplicates: 0,
    }
  }

  /** Both queues as one that all workers pull from, whose loads are these. */
  leveler(workerLoads: readonly number[]): LoadLevelerSnapshot {
    const [fast, slow] = this.#snapshots()
    const sum = (key: 'depth' | 'leased' | 'enqueueRate' | 'dequeueRate' | 'rejected' | 'deadLettered'): number =>
      fast[key] + slow[key]
    const both = {
      depth: sum('depth'),
      leased: sum('leased'),
      oldestAgeMs: Math.max(fast.oldestAgeMs, slow.oldestAgeMs),
      enqueueRate: sum('enqueueRate'),
      dequeueRate: sum('dequeueRate'),
      rejected: sum('rejected'),
      deadLettered: sum('deadLettered'),
      isClosed: this.#isClosed,
    }
    return sharedLoads(both, this.#config, workerLoads)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  close(): void {
    this.#isClosed = true
    for (const queue of Object.values(this.#queues)) queue.close()
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.#queues).map(async (queue) => await queue.stop()))
  }

  #snapshots() {
    const { fast, slow } = this.#queues
    return [fast.snapshot(), slow.snapshot()] as const
  }
}

/** Where the workers of one speed pull from. */
export class NatsWorkQueue implements WorkQueue {
  readonly mode = 'nats'
  readonly leaseMs: number
  readonly deadLetters: DurableDeadSignals
  readonly #config: Config
  readonly #queue: JetStreamQueue<StoredSignal>
  readonly #outcomes: NatsOutcomes
  readonly #givenBack = new Set<Signal>()

  private constructor(config: Config, queue: JetStreamQueue<StoredSignal>, outcomes: NatsOutcomes) {
    this.#config = config
    this.#queue = queue
    this.#outcomes = outcomes
    this.leaseMs = queue.leaseMs
    this.deadLetters = deadOf(queue, config)
  }

  static async open(link: NatsLink, config: Config, speed: Speed, outcomes: NatsOutcomes): Promise<NatsWorkQueue> {
    return new NatsWorkQueue(config, await openSpeed(link, config, speed), outcomes)
  }

  offer(): never {
    throw new Error('workers put nothing in')
  }

  estimateWaitMs(): undefined {
    return undefined
  }

  source(): DurableSource {
    return new DurableSource(this.#queue, {
      isEnded: async (id, putAt) => await this.#outcomes.isEnded(id, putAt),
      takeBack: (signal) => this.#givenBack.delete(signal),
    })
  }

  resize(): void {}

  giveBack(signal: Signal): void {
    this.#givenBack.add(signal)
  }

  state(): Omit<QueueState, 'connected'> {
    const { depth, leased, oldestAgeMs } = this.#queue.snapshot()
    const capacity = this.#config.MAX_QUEUE_DEPTH
    const { duplicates } = this.#outcomes
    return { mode: this.mode, capacity, depth, byPriority: null, leased, oldestAgeMs, duplicates }
  }

  leveler(): LoadLevelerSnapshot {
    return sharedLoads(this.#queue.snapshot(), this.#config, [])
  }

  get isClosed(): boolean {
    return this.#queue.isClosed
  }

  close(): void {
    this.#queue.close()
  }

  async stop(): Promise<void> {
    await this.#queue.stop()
  }
}

function deadOf(queue: JetStreamQueue<StoredSignal>, { DEAD_LETTERS_KEPT }: Config): DurableDeadSignals {
  return new DurableDeadSignals(queue.deadLetters, DEAD_LETTERS_KEPT, () => queue.snapshot())
}
