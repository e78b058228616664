import type { JetStreamManager } from '@nats-io/jetstream'
import type { SafeEmitter } from '@tps/internal'
import { QueueClosedError } from './errors.ts'
import { Backstop } from './nats-backstop.ts'
import { ConnectionWatch } from './nats-connection-watch.ts'
import type { DeadLetterHome } from './nats-dead-letters.ts'
import { Entrance } from './nats-entrance.ts'
import { JetStreamQueueError, queueErrorOf } from './nats-errors.ts'
import type { JetStreamQueueEvents, JetStreamQueueSnapshot } from './nats-events.ts'
import { Exit } from './nats-exit.ts'
import { Graveyard } from './nats-graveyard.ts'
import { Hands } from './nats-hands.ts'
import { ItemHistories } from './nats-histories.ts'
import type { JetStreamLease } from './nats-lease.ts'
import type { Names } from './nats-names.ts'
import type { CheckedJetStreamOptions } from './nats-options.ts'
import { Post } from './nats-post.ts'
import { Reconciler } from './nats-reconciler.ts'
import type { Setup } from './nats-setup.ts'
import { StandingWatch } from './nats-standing.ts'
import type { Totals } from './nats-totals.ts'

/** How many items' histories are remembered. */
const MAX_HISTORIES = 10_000

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

type Readings = Omit<
  JetStreamQueueSnapshot,
  'name' | 'server' | 'capacity' | 'isClosed' | keyof ReturnType<Totals<never>['readings']>
>

/** Everything behind a `JetStreamQueue`, put together. */
export class Works<T> {
  readonly names: Names
  readonly entrance: Entrance
  readonly exit: Exit<T>
  readonly #parts: WorksOptions<T>
  readonly #post: Post
  readonly #hands: Hands
  readonly #standing: StandingWatch
  readonly #reconciler: Reconciler
  readonly #connection: ConnectionWatch
  #isClosed = false
  #gone: Error | undefined

  constructor(parts: WorksOptions<T>) {
    const { options, names, totals, inbox } = parts
    const { name, connection, clock, timers, requestMs, leaseMs, maxErrors, keepStacks, random } = options
    this.#parts = parts
    this.names = names
    this.#post = new Post(`${inbox}.a`, { connection, queue: name, requestMs, clock, timers })
    this.#hands = new Hands(leaseMs, clock, timers, (reply, payload, untilMs) =>
      this.#post.ask(reply, payload, undefined, untilMs),
    )
    this.#hands.onLost = () => totals.leaseExpired()
    const graveyard = new Graveyard(this.#post, names, maxErrors)
    this.#standing = this.#makeStanding()
    this.entrance = new Entrance({
      name,
      post: this.#post,
      timers,
      random,
      admitted: (receipt) => {
        totals.admitted(receipt)
        if (!receipt.isDuplicate) this.#standing.wasPut()
      },
    })
    this.exit = new Exit({
      ...parts,
      custodian: {
        name,
        keepStacks,
        hands: this.#hands,
        histories: new ItemHistories(MAX_HISTORIES, maxErrors),
        graveyard,
        ended: (lease, end) => {
          totals.ended(lease, end)
          if (end.kind === 'ack' || end.kind === 'dead-letter') this.#takenOut()
        },
      },
      takenOut: () => this.#takenOut(),
      problem: (error) => this.#problem(error),
      fail: (error) => this.#fail(error),
    })
    this.#reconciler = this.#makeReconciler(graveyard)
    this.#connection = this.#makeConnectionWatch()
  }

  async start(): Promise<void> {
    await this.#standing.look()
    this.#standing.start()
    this.#reconciler.start()
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

  awaitLease(signal: AbortSignal | undefined): Promise<JetStreamLease<T>> {
    if (this.#gone) return Promise.reject(this.#gone)
    const waiting = this.exit.wait(signal)
    // Nothing may be left already.
    if (this.#isClosed) void this.#standing.look()
    return waiting
  }

  lookUp(): Promise<JetStreamLease<T> | undefined> {
    return this.#gone ? Promise.reject(this.#gone) : this.exit.lookUp()
  }

  close(): void {
    this.#isClosed = true
    this.entrance.close()
    void this.#standing.look()
  }

  async stop(): Promise<void> {
    const { name } = this.#parts.options
    this.exit.fail(new QueueClosedError(name))
    this.#standing.stop()
    this.#reconciler.stop()
    this.exit.stop()
    await this.#post.settled()
    this.#connection.stop()
    this.#hands.stop()
    this.#post.close(new JetStreamQueueError('ERR_STORAGE_GONE', name, 'it is stopped here'))
  }

  deadLetterHome(): DeadLetterHome<T> {
    const { manager, names, options } = this.#parts
    const { codec, clock, timers } = options
    const size = (): number => {
      this.#standing.wanted()
      return this.#standing.dead
    }
    return { manager, names, codec, clock, timers, size, admit: (parcel) => this.entrance.offer(parcel) }
  }

  readings(): Readings {
    const { clock } = this.#parts.options
    const { puller, consumers } = this.exit
    const { oldestAt, dead, ageMs } = this.#standing
    return {
      depth: this.depth,
      leased: this.leased,
      held: this.#hands.size,
      deadLetters: dead,
      oldestAgeMs: oldestAt === undefined ? 0 : Math.max(0, Date.now() - oldestAt),
      waitingProducers: this.entrance.line.size,
      waitingConsumers: consumers.size,
      isConnected: this.#connection.isConnected,
      lastPullAgeMs: puller.pulledMs === undefined ? null : clock.now() - puller.pulledMs,
      standingAgeMs: ageMs,
    }
  }

  #takenOut(): void {
    this.#standing.wasEnded()
    this.entrance.roomMade()
    if (this.#isClosed && this.exit.consumers.size > 0) void this.#standing.look()
  }

  #fail(error: Error): void {
    this.#gone = error
    this.#post.close(error)
    this.exit.puller.stop()
    this.#standing.stop()
    this.#reconciler.stop()
    this.exit.fail(error)
  }

  #problem(error: unknown): void {
    if (!this.#gone) this.#parts.emitter.emit('problem', { error })
  }

  #makeStanding(): StandingWatch {
    const { options, manager, names } = this.#parts
    const { classes, refreshMs, clock, timers, name } = options
    return new StandingWatch({
      manager,
      names,
      classes,
      refreshMs,
      clock,
      timers,
      seen: ({ messages }) => {
        if (this.#isClosed && messages === 0) this.exit.fail(new QueueClosedError(name))
      },
      failed: (error) => this.#problem(error),
    })
  }

  #makeReconciler(graveyard: Graveyard): Reconciler {
    const { options, manager, names, setup, totals, inbox } = this.#parts
    const { connection, classes, reconcileMs, timers, random } = options
    const rescued = (): void => {
      totals.poisoned()
      this.#takenOut()
    }
    const shared = { manager, names, setup, timers }
    return new Reconciler({
      ...shared,
      classes,
      everyMs: reconcileMs,
      random,
      backstop: new Backstop({ ...shared, connection, post: this.#post, graveyard, inbox: `${inbox}.b`, rescued }),
      gone: (className) => this.#hands.loseAll(className),
      found: (className, count) => totals.orphansFound(className, count),
      restored: (className, why) => totals.consumerRestored(className, why),
      failed: (error) => this.#problem(error),
    })
  }

  #makeConnectionWatch(): ConnectionWatch {
    const { options, totals, emitter } = this.#parts
    const { connection, name } = options
    return new ConnectionWatch(connection, {
      lost: () => emitter.emit('disconnected'),
      restored: () => {
        this.#post.resendAll()
        this.exit.puller.restart()
        this.#standing.restart()
        totals.reconnected()
      },
      denied: (subject, error) => {
        const refusal = queueErrorOf(error, name)
        this.#post.refuse(subject, refusal)
        this.#problem(refusal)
      },
      closed: () => {
        const advice = 'its connection is closed: connect with maxReconnectAttempts -1, and open the queue again'
        this.#fail(new JetStreamQueueError('ERR_STORAGE_GONE', name, advice))
      },
    })
  }
}
