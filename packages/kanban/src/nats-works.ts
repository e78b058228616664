import type { JetStreamManager } from '@nats-io/jetstream'
import type { Msg } from '@nats-io/nats-core'
import type { SafeEmitter } from '@tps/internal'
import { Asker } from './asker.ts'
import { QueueClosedError } from './errors.ts'
import { ConnectionWatch } from './nats-connection-watch.ts'
import type { JetStreamDeadLetters } from './nats-dead-letters.ts'
import { Entrance } from './nats-entrance.ts'
import type { Delivery } from './nats-envelope.ts'
import { JetStreamQueueError } from './nats-errors.ts'
import type { JetStreamQueueEvents, JetStreamQueueSnapshot } from './nats-events.ts'
import { Graveyard } from './nats-graveyard.ts'
import { Hands } from './nats-hands.ts'
import { ItemHistories } from './nats-histories.ts'
import type { JetStreamLease } from './nats-lease.ts'
import { lookUp } from './nats-look-up.ts'
import { LoopWatch } from './nats-loop-watch.ts'
import type { Names } from './nats-names.ts'
import type { CheckedJetStreamOptions } from './nats-options.ts'
import { Post } from './nats-post.ts'
import { Puller } from './nats-puller.ts'
import { Reception } from './nats-reception.ts'
import type { Setup } from './nats-setup.ts'
import { StandingWatch } from './nats-standing.ts'
import type { Totals } from './nats-totals.ts'
import { type Waiter, WaitingLine } from './waiting-line.ts'

/** How many items' histories are remembered. */
const MAX_HISTORIES = 10_000
/** How often, in each lease, it is noticed whether the loop runs. */
const TICKS_PER_LEASE = 10

export interface WorksOptions<T> {
  readonly manager: JetStreamManager
  readonly names: Names
  readonly setup: Setup
  /** Where answers come; nobody else has it. */
  readonly inbox: string
  readonly options: CheckedJetStreamOptions<T>
  readonly totals: Totals<T>
  readonly emitter: SafeEmitter<JetStreamQueueEvents<T>>
}

/** Everything behind a `JetStreamQueue`, put together. */
export class Works<T> {
  readonly names: Names
  readonly entrance: Entrance
  readonly consumers: WaitingLine<Asker<JetStreamLease<T>>>
  readonly #parts: WorksOptions<T>
  readonly #post: Post
  readonly #hands: Hands
  readonly #loop: LoopWatch
  readonly #reception: Reception<T>
  readonly #puller: Puller
  readonly #standing: StandingWatch
  readonly #connection: ConnectionWatch
  /** Leases that nobody waited for any more. */
  readonly #surplus: JetStreamLease<T>[] = []
  #lookUps = 0
  #isClosed = false
  #gone: Error | undefined

  constructor(parts: WorksOptions<T>) {
    const { options, names, totals, inbox, manager, setup } = parts
    const { name, connection, clock, timers, classes, requestMs, leaseMs, codec, maxDeliveries } = options
    this.#parts = parts
    this.names = names
    this.#post = new Post(`${inbox}.a`, { connection, queue: name, requestMs, clock, timers })
    this.#hands = new Hands(leaseMs, clock, timers, (reply, payload, untilMs) =>
      this.#post.ask(reply, payload, undefined, untilMs),
    )
    this.#hands.onLost = () => totals.leaseExpired()
    this.#loop = new LoopWatch(leaseMs / TICKS_PER_LEASE, clock, timers, () => connection.flush())
    this.#standing = new StandingWatch({
      manager,
      names,
      classes,
      refreshMs: options.refreshMs,
      clock,
      timers,
      seen: () => this.#finishIfEmpty(),
      failed: (error) => this.#problem(error),
    })
    this.entrance = new Entrance({
      name,
      post: this.#post,
      timers,
      random: options.random,
      admitted: (receipt) => {
        totals.admitted(receipt)
        if (!receipt.isDuplicate) this.#standing.wasPut()
      },
    })
    this.#reception = new Reception({
      codec,
      maxDeliveries,
      custodian: {
        name,
        keepStacks: options.keepStacks,
        hands: this.#hands,
        histories: new ItemHistories(MAX_HISTORIES, options.maxErrors),
        graveyard: new Graveyard(this.#post, names, options.maxErrors),
        ended: (lease, end) => {
          totals.ended(lease, end)
          if (end.kind === 'ack' || end.kind === 'dead-letter') this.#takenOut()
        },
      },
      sentMs: () => this.#loop.sentMs,
      expired: () => {
        totals.expired()
        this.#takenOut()
      },
      poisoned: () => {
        totals.poisoned()
        this.#takenOut()
      },
      unreadable: (id, error) => {
        this.#takenOut()
        parts.emitter.emit('unreadable', { id, error })
      },
      failed: (error) => this.#problem(error),
    })
    this.consumers = new WaitingLine(() => this.#demandChanged())
    this.#puller = new Puller({
      connection,
      classes,
      maxAgeMs: options.maxAgeMs,
      heartbeatMs: options.heartbeatMs,
      clock,
      timers,
      inbox: `${inbox}.p`,
      pullSubject: (className) => names.pull(names.stream, className),
      demand: () => this.consumers.size,
      message: (lane, message, delivery) => this.#arrived(classes[lane] ?? '', message, delivery),
      repair: async (lane, why) => {
        const className = classes[lane] ?? ''
        if (await setup.consumer(className)) totals.consumerRestored(className, why)
      },
      stalled: (lane) => totals.stalled(classes[lane] ?? ''),
      denied: (error) => this.#fail(error),
      wallMs: () => Date.now(),
    })
    this.#connection = new ConnectionWatch(connection, {
      lost: () => parts.emitter.emit('disconnected'),
      restored: () => {
        this.#post.resendAll()
        this.#puller.restart()
        totals.reconnected()
      },
      closed: () =>
        this.#fail(
          new JetStreamQueueError(
            'ERR_STORAGE_GONE',
            name,
            'its connection is closed: connect with maxReconnectAttempts -1, and open the queue again',
          ),
        ),
    })
  }

  async start(): Promise<void> {
    await this.#standing.look()
    this.#standing.start()
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  get depth(): number {
    this.#standing.wanted()
    return Math.max(0, this.#standing.messages - this.#standing.leased)
  }

  get leased(): number {
    this.#standing.wanted()
    return this.#standing.leased
  }

  spare(): JetStreamLease<T> | undefined {
    return this.#surplus.shift()
  }

  awaitLease(signal: AbortSignal | undefined): Promise<JetStreamLease<T>> {
    const asker = new Asker<JetStreamLease<T>>(signal)
    if (this.#gone) asker.fail(this.#gone)
    else {
      this.consumers.join(asker)
      // Nothing may be left already.
      if (this.#isClosed) void this.#standing.look()
    }
    return asker.promise
  }

  /** One after the other, the most urgent class first. */
  async lookUp(): Promise<JetStreamLease<T> | undefined> {
    const { options, names, inbox } = this.#parts
    const { connection, classes, timers } = options
    if (this.#gone) throw this.#gone
    for (const className of classes) {
      const found = await lookUp(
        connection,
        names.pull(names.stream, className),
        `${inbox}.l.${this.#lookUps++}`,
        timers,
      )
      const lease = found && this.#reception.receive(className, found.message, found.delivery)
      if (lease) {
        this.#parts.totals.handedOut()
        return lease
      }
    }
    return undefined
  }

  close(): void {
    this.#isClosed = true
    this.entrance.close()
    void this.#standing.look()
  }

  async stop(): Promise<void> {
    const { options } = this.#parts
    this.#failConsumers(new QueueClosedError(options.name))
    this.#standing.stop()
    this.#puller.stop()
    this.#giveBack()
    await this.#post.settled()
    this.#connection.stop()
    this.#loop.stop()
    this.#hands.stop()
    this.#post.close(new JetStreamQueueError('ERR_STORAGE_GONE', options.name, 'the queue is stopped'))
  }

  deadLetterHome(): ConstructorParameters<typeof JetStreamDeadLetters<T>>[0] {
    const { manager, names, options } = this.#parts
    const { codec, clock, timers } = options
    return {
      manager,
      names,
      codec,
      clock,
      timers,
      size: () => {
        this.#standing.wanted()
        return this.#standing.dead
      },
      admit: (parcel) => this.entrance.offer(parcel),
    }
  }

  readings(): Pick<
    JetStreamQueueSnapshot,
    | 'depth'
    | 'leased'
    | 'held'
    | 'deadLetters'
    | 'oldestAgeMs'
    | 'waitingProducers'
    | 'waitingConsumers'
    | 'isConnected'
    | 'lastPullAgeMs'
    | 'standingAgeMs'
  > {
    const { clock } = this.#parts.options
    const { pulledMs } = this.#puller
    const { oldestAt, dead, ageMs } = this.#standing
    return {
      depth: this.depth,
      leased: this.leased,
      held: this.#hands.size,
      deadLetters: dead,
      oldestAgeMs: oldestAt === undefined ? 0 : Math.max(0, Date.now() - oldestAt),
      waitingProducers: this.entrance.line.size,
      waitingConsumers: this.consumers.size,
      isConnected: this.#connection.isConnected,
      lastPullAgeMs: pulledMs === undefined ? null : clock.now() - pulledMs,
      standingAgeMs: ageMs,
    }
  }

  #demandChanged(): void {
    if (this.consumers.size > 0) this.#loop.start()
    this.#puller.adjust()
  }

  #arrived(className: string, message: Msg, delivery: Delivery): void {
    const lease = this.#reception.receive(className, message, delivery)
    if (!lease) {
      this.#puller.adjust()
      return
    }
    const consumer = this.consumers.first
    if (consumer) {
      this.#parts.totals.handedOut()
      consumer.succeed(lease)
      return
    }
    this.#surplus.push(lease)
    // At hand for the rest of this turn; what nobody wants by then goes back.
    queueMicrotask(() => this.#giveBack())
  }

  #giveBack(): void {
    // One that can't be given back comes back by itself.
    for (const lease of this.#surplus.splice(0)) lease.release().catch(() => {})
  }

  #takenOut(): void {
    this.#standing.wasEnded()
    this.entrance.roomMade()
    if (this.#isClosed && this.consumers.size > 0) void this.#standing.look()
  }

  #finishIfEmpty(): void {
    if (this.#isClosed && this.#standing.messages === 0)
      this.#failConsumers(new QueueClosedError(this.#parts.options.name))
  }

  #fail(error: Error): void {
    this.#gone = error
    this.#post.close(error)
    this.#puller.stop()
    this.#standing.stop()
    this.#failConsumers(error)
  }

  #failConsumers(error: Error): void {
    for (let consumer: Waiter | undefined = this.consumers.first; consumer; consumer = this.consumers.first)
      (consumer as Asker<JetStreamLease<T>>).fail(error)
  }

  #problem(error: unknown): void {
    if (!this.#gone) this.#parts.emitter.emit('problem', { error })
  }
}
