import { type DurationClassifier, type LoadLevelerEvents, LoadLeveler, type LoadLevelerSnapshot } from '@tps/heijunka'
import { type DeadItem, DeadLetterQueue, type Lease, type LeaseOptions, PullQueue, type WorkSource } from '@tps/kanban'
import type { Config } from '../config.ts'
import { type Signal, kindOf } from '../signal.ts'
import type { QueueState } from '../snapshots.ts'
import { MemoryDeadSignals } from './memory-dead-signals.ts'
import { CLASSES, type WorkQueue, classOf } from './signal-queue.ts'

/** Whose turn it is to pull a signal. There is one for each signal that waits: how many there are is the capacity. */
interface Card {
  readonly kind: 'fast' | 'slow'
}

/**
 * The queue in memory: kanban cards and signals, apart. A card gives a worker the right to pull one signal; the leveler
 * spreads the cards evenly over the workers' lanes. The signal that its holder gets is the most urgent one, decided as late as
 * it can be. So work is level, and priorities hold over all lanes.
 */
export class MemoryQueue implements WorkQueue {
  readonly mode = 'memory'
  readonly deadLetters: MemoryDeadSignals
  readonly #leveler: LoadLeveler<Card>
  readonly #isShared: boolean
  readonly #waiting: Readonly<Record<Card['kind'], PullQueue<Signal>>>
  readonly #kindOf: (signal: Signal) => Card['kind']
  /** Signals in the hands of workers that have died. */
  readonly #givenBack = new Set<Signal>()
  #isClosed = false

  constructor(config: Config, durations: DurationClassifier<string>, workers: number) {
    const isShared = config.HEIJUNKA_STRATEGY === 'shared'
    this.#isShared = isShared
    this.#leveler = new LoadLeveler<Card>({
      name: 'signals',
      workers,
      capacity: config.MAX_QUEUE_DEPTH,
      strategy: config.HEIJUNKA_STRATEGY,
      everyMs: config.HEIJUNKA_REBALANCE_MS,
      threshold: config.HEIJUNKA_THRESHOLD,
      // The labs watch the lanes being levelled; stealing would do it before they can look.
      steal: false,
      // Slow work may not take all of the workers.
      ...(isShared && { classify: (card) => card.kind }),
    })
    const line = (): PullQueue<Signal> =>
      new PullQueue({ capacity: Infinity, classes: CLASSES, maxAgeMs: config.PRIORITY_MAX_AGE_MS })
    const fast = line()
    // Where every worker has its own lane there is nothing to tell apart.
    this.#waiting = { fast, slow: isShared ? line() : fast }
    this.#kindOf = isShared ? (signal) => durations.classify(kindOf(signal)) : () => 'fast'
    this.deadLetters = new MemoryDeadSignals(
      new DeadLetterQueue<Signal>({ name: 'signals', capacity: config.DEAD_LETTERS_KEPT, keyBy: ({ id }) => id }),
      (signal) => this.offer(signal),
    )
  }

  offer(signal: Signal): boolean {
    const kind = this.#kindOf(signal)
    // A worker that waits for a card gets it now, but looks for the signal only after this call.
    if (!this.#leveler.offer({ kind })) return false
    this.#waiting[kind].offer(signal, { class: classOf(signal.request) })
    return true
  }

  estimateWaitMs(): undefined {
    return undefined
  }

  source(worker: number): WorkSource<Signal> {
    const cards = this.#isShared ? this.#leveler : this.#leveler.lane(worker)
    return new SignalSource(this.#leveler, cards, (card) => this.#pull(card))
  }

  bury(dead: DeadItem<Signal>): void {
    this.deadLetters.add(dead)
  }

  resize(workers: number): void {
    this.#leveler.resize(workers)
  }

  giveBack(signal: Signal): void {
    this.#givenBack.add(signal)
  }

  state(): Omit<QueueState, 'connected'> {
    const { capacity, depth, leased, oldestAgeMs } = this.#leveler.snapshot()
    const { fast, slow } = this.#waiting
    const lines = fast === slow ? [fast.snapshot()] : [fast.snapshot(), slow.snapshot()]
    const byPriority = CLASSES.map((name) => lines.reduce((sum, { classes }) => sum + (classes[name] ?? 0), 0))
    return { mode: this.mode, capacity, depth, byPriority, leased, oldestAgeMs, duplicates: 0 }
  }

  leveler(): LoadLevelerSnapshot {
    return this.#leveler.snapshot()
  }

  onRebalance(listener: (...args: LoadLevelerEvents<unknown>['rebalance']) => void): () => void {
    return this.#leveler.on('rebalance', listener)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  close(): void {
    this.#isClosed = true
    this.#leveler.close()
  }

  async stop(): Promise<void> {
    this.close()
    this.#leveler.stop()
  }

  /** The most urgent signal of the card's kind. Both begin and end together. */
  #pull(card: Lease<Card>): Lease<Signal> {
    return new SignalLease(card, this.#waiting[card.item.kind], this.#givenBack)
  }
}

/** A signal in a worker's hands, with the card that it was pulled by. */
class SignalLease implements Lease<Signal> {
  readonly item: Signal
  readonly attempt: number
  readonly #card: Lease<Card>
  readonly #line: PullQueue<Signal>
  readonly #givenBack: Set<Signal>

  constructor(card: Lease<Card>, line: PullQueue<Signal>, givenBack: Set<Signal>) {
    this.item = line.poll() as Signal
    this.attempt = card.attempt
    this.#card = card
    this.#line = line
    this.#givenBack = givenBack
  }

  ack(): void {
    if (this.#givenBack.size > 0 && this.#givenBack.delete(this.item)) this.retry()
    else void this.#card.ack()
  }

  retry(options?: { readonly delayMs?: number }): void {
    this.#line.offer(this.item, { class: classOf(this.item.request) })
    void this.#card.retry(options)
  }

  deadLetter(reason: unknown): void {
    void this.#card.deadLetter(reason)
  }

  extend(): void {}
}

/** What one worker pulls from. */
class SignalSource implements WorkSource<Signal> {
  readonly #leveler: LoadLeveler<Card>
  readonly #cards: WorkSource<Card>
  readonly #pull: (card: Lease<Card>) => Lease<Signal>

  constructor(leveler: LoadLeveler<Card>, cards: WorkSource<Card>, pull: (card: Lease<Card>) => Lease<Signal>) {
    this.#leveler = leveler
    this.#cards = cards
    this.#pull = pull
  }

  /** A pool that is drained asks for this, and for `leased`. */
  get depth(): number {
    return this.#leveler.depth
  }

  get leased(): number {
    return this.#leveler.leased
  }

  tryLease(): Lease<Signal> | undefined {
    const card = this.#cards.tryLease()
    return card && this.#pull(card)
  }

  lease(options?: LeaseOptions): Lease<Signal> | Promise<Lease<Signal>> {
    const card = this.#cards.lease(options)
    return card instanceof Promise ? card.then((late) => this.#pull(late)) : this.#pull(card)
  }
}
