import type { Msg } from '@nats-io/nats-core'
import { Asker } from './asker.ts'
import type { Custodian } from './nats-custody.ts'
import type { Delivery } from './nats-envelope.ts'
import { queueErrorOf } from './nats-errors.ts'
import type { JetStreamLease } from './nats-lease.ts'
import { lookUp } from './nats-look-up.ts'
import { LoopWatch } from './nats-loop-watch.ts'
import { Puller } from './nats-puller.ts'
import { Reception } from './nats-reception.ts'
import type { WorksOptions } from './nats-works.ts'
import { type Waiter, WaitingLine } from './waiting-line.ts'

/** How often, in each lease, it is noticed whether the loop runs. */
const TICKS_PER_LEASE = 10
/** What the server says to those who wait at a consumer that is taken away. */
const DELETED = /consumer deleted/i

export interface ExitOptions<T> extends WorksOptions<T> {
  readonly custodian: Custodian<T>
  /** Something has left the queue without having been handed out. */
  readonly takenOut: () => void
  readonly problem: (error: unknown) => void
  /** Nothing can be asked for any more. */
  readonly fail: (error: Error) => void
}

/** The side of the consumers: who waits, and what is asked for because of them. */
export class Exit<T> {
  readonly consumers: WaitingLine<Asker<JetStreamLease<T>>>
  readonly puller: Puller
  readonly #options: ExitOptions<T>
  readonly #reception: Reception<T>
  readonly #loop: LoopWatch
  /** Leases that nobody waited for any more. */
  readonly #surplus: JetStreamLease<T>[] = []
  #lookUps = 0

  constructor(options: ExitOptions<T>) {
    this.#options = options
    const { connection, clock, timers, leaseMs } = options.options
    this.#loop = new LoopWatch(leaseMs / TICKS_PER_LEASE, clock, timers, () => connection.flush())
    this.#reception = this.#makeReception()
    this.puller = this.#makePuller()
    this.consumers = new WaitingLine(() => {
      if (this.consumers.size > 0) this.#loop.start()
      this.puller.adjust()
    })
  }

  spare(): JetStreamLease<T> | undefined {
    return this.#surplus.shift()
  }

  wait(signal: AbortSignal | undefined): Promise<JetStreamLease<T>> {
    const asker = new Asker<JetStreamLease<T>>(signal)
    this.consumers.join(asker)
    return asker.promise
  }

  /** Asks one class after the other, the most urgent first. */
  async lookUp(): Promise<JetStreamLease<T> | undefined> {
    const { options, names, inbox } = this.#options
    const { connection, classes, timers } = options
    for (const className of classes) {
      const subject = names.pull(names.stream, className)
      const place = `${inbox}.l.${this.#lookUps++}`
      const found = await lookUp(connection, subject, place, timers).catch((error: unknown) => {
        throw queueErrorOf(error, options.name)
      })
      const lease = found && this.#reception.receive(className, found.message, found.delivery)
      if (lease) return lease
    }
    return undefined
  }

  /** Nobody waits any more. */
  fail(error: Error): void {
    for (let consumer: Waiter | undefined = this.consumers.first; consumer; consumer = this.consumers.first)
      (consumer as Asker<JetStreamLease<T>>).fail(error)
  }

  stop(): void {
    this.puller.stop()
    this.#loop.stop()
    this.#giveBack()
  }

  #arrived(className: string, message: Msg, delivery: Delivery): void {
    const lease = this.#reception.receive(className, message, delivery)
    const consumer = this.consumers.first
    if (!lease) void this.#loop.fresh().then(() => this.puller.adjust())
    else if (consumer) consumer.succeed(lease)
    else {
      this.#surplus.push(lease)
      // At hand for the rest of this turn; what nobody wants by then goes back.
      queueMicrotask(() => this.#giveBack())
    }
  }

  #giveBack(): void {
    // One that can't be given back comes back by itself.
    for (const lease of this.#surplus.splice(0)) lease.release().catch(() => {})
  }

  #makeReception(): Reception<T> {
    const { options, totals, custodian, emitter, takenOut, problem } = this.#options
    return new Reception({
      codec: options.codec,
      maxDeliveries: options.maxDeliveries,
      custodian,
      sentMs: () => this.#loop.sentMs,
      handedOut: () => totals.handedOut(),
      expired: () => {
        totals.expired()
        takenOut()
      },
      poisoned: () => {
        totals.poisoned()
        takenOut()
      },
      unreadable: (id, error) => {
        takenOut()
        emitter.emit('unreadable', { id, error })
      },
      failed: problem,
    })
  }

  #makePuller(): Puller {
    const { options, names, inbox, setup, totals, custodian, fail } = this.#options
    const { connection, classes, maxAgeMs, heartbeatMs, clock, timers, name } = options
    const classOf = (lane: number): string => classes[lane] ?? ''
    return new Puller({
      connection,
      classes,
      maxAgeMs,
      heartbeatMs,
      clock,
      timers,
      inbox: `${inbox}.p`,
      pullSubject: (className) => names.pull(names.stream, className),
      demand: () => this.consumers.size,
      message: (lane, message, delivery) => this.#arrived(classOf(lane), message, delivery),
      repair: async (lane, why) => {
        const className = classOf(lane)
        if (DELETED.test(why)) custodian.hands.loseAll(className)
        if (!(await setup.consumer(className))) return
        custodian.hands.loseAll(className)
        totals.consumerRestored(className, why)
      },
      stalled: (lane) => totals.stalled(classOf(lane)),
      denied: (error) => fail(queueErrorOf(error, name)),
      wallMs: () => Date.now(),
    })
  }
}
