import type { Timer, Timers } from '@tps/internal'
import { Asker } from './asker.ts'
import { QueueClosedError } from './errors.ts'
import type { SqliteLease } from './sqlite-lease.ts'
import type { Batch, Composer, SqliteLink } from './sqlite-link.ts'
import type { Answer, ClaimedRow, PutAnswer, Request, Standing } from './sqlite-protocol.ts'
import type { PutAsker } from './sqlite-waiters.ts'
import { type Waiter, WaitingLine } from './waiting-line.ts'

/** How much goes into one transaction at most. */
const MAX_BATCH = 1_024

/** The queue as its desk sees it. */
export interface DeskOwner<T> {
  readonly name: string
  readonly capacity: number
  readonly pollMs: number
  readonly keepAlive: boolean
  readonly timers: Timers
  /** The lease for a claimed row; `undefined` when the item can't be read. */
  leaseOf(row: ClaimedRow): SqliteLease<T> | undefined
  /** What came of a `put`, before the producer is told. */
  put(answer: PutAnswer): void
  /** How the file stands after a batch. */
  stands(standing: Standing): void
}

type Lookup<T> = Asker<SqliteLease<T> | undefined>

/**
 * Who waits for what, and what of it goes into the next transaction. Producers are served in their order, consumers in
 * theirs. As long as somebody waits it looks again now and then: other processes put in and take out as well.
 */
export class SqliteDesk<T> implements Composer {
  readonly producers: WaitingLine<PutAsker> = new WaitingLine()
  readonly consumers: WaitingLine<Asker<SqliteLease<T>>> = new WaitingLine()
  readonly #owner: DeskOwner<T>
  readonly #link: SqliteLink
  readonly #others: { readonly request: Request; readonly asker: Asker<Answer> }[] = []
  readonly #offers: PutAsker[] = []
  readonly #lookups: Lookup<T>[] = []
  /** Claimed for consumers that had gone meanwhile. */
  readonly #surplus: SqliteLease<T>[] = []
  #standing: Standing
  #timer: Timer | undefined
  #mayClaim = false
  #mayPut = false
  #isHolding = false
  #isClosed = false
  #isStopped = false

  constructor(owner: DeskOwner<T>, link: SqliteLink, standing: Standing) {
    this.#owner = owner
    this.#link = link
    this.#standing = standing
    link.composer = this
  }

  /** How the file stood when this process last saw it. */
  get standing(): Standing {
    return this.#standing
  }

  get depth(): number {
    return this.#standing.ready + this.#standing.delayed
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether those who wait have been told that there is no room. */
  get isKnownFull(): boolean {
    return this.producers.first?.wasRefused === true
  }

  ask(request: Request): Promise<Answer> {
    const asker = new Asker<Answer>()
    this.#others.push({ request, asker })
    this.#link.wake()
    return asker.promise
  }

  put(asker: PutAsker): void {
    if (this.producers.size === 0) this.#mayPut = true
    this.producers.join(asker)
    this.#wake()
  }

  offer(asker: PutAsker): void {
    this.#offers.push(asker)
    this.#link.wake()
  }

  consume(asker: Asker<SqliteLease<T>>): void {
    this.consumers.join(asker)
    this.#mayClaim = true
    this.#wake()
  }

  lookUp(asker: Lookup<T>): void {
    this.#lookups.push(asker)
    this.#link.wake()
  }

  /** A lease that is at hand. */
  spare(): SqliteLease<T> | undefined {
    return this.#surplus.shift()
  }

  /** Somebody gave up waiting, or began to: keeps the timer and the process alive only as long as they are needed. */
  readonly heedWaiters = (): void => {
    const isWaitedFor = this.consumers.size > 0 || this.producers.size > 0
    if (isWaitedFor) this.#timer ??= this.#owner.timers.schedule(this.#lookAgainMs(), () => this.#lookAgain())
    else {
      this.#timer?.cancel()
      this.#timer = undefined
    }
    const mustHold = isWaitedFor && this.#owner.keepAlive
    if (mustHold === this.#isHolding) return
    this.#isHolding = mustHold
    if (mustHold) this.#link.hold()
    else this.#link.letGo()
  }

  /** No more puts. What has not been told yet that there is no room may still get in. */
  close(): void {
    this.#isClosed = true
    for (const producer of waitersOf(this.producers))
      if (producer.wasRefused && !producer.isAsked) producer.fail(this.#closed())
    this.#mayPut = this.producers.size > 0
    this.#mayClaim = this.consumers.size > 0
    this.#finishIfEmpty()
    this.#wake()
  }

  /** No more consumers. Resolves when everything that was asked before is done. */
  async stop(): Promise<void> {
    this.#isStopped = true
    failAll(this.consumers, this.#closed())
    this.heedWaiters()
    this.#giveBack()
    // It stands behind all of them.
    while (this.#others.length + this.#offers.length + this.#lookups.length + this.producers.size > 0)
      await this.ask({ kind: 'list-dead', after: 0, limit: 0 })
  }

  compose(): Batch | undefined {
    const others = this.#others.splice(0, MAX_BATCH)
    const lookups = this.#lookups.splice(0)
    const offers = this.#offers.splice(0, MAX_BATCH)
    const producers = this.#mayPut ? this.#nextProducers() : []
    // Nobody overtakes those who wait.
    if (producers.length < this.producers.size)
      for (const offer of offers.splice(0)) offer.succeed({ id: 0, isDuplicate: false })
    const puts = [...producers, ...offers]
    const claims = lookups.length + (this.#mayClaim ? Math.min(this.consumers.size, MAX_BATCH) : 0)
    this.#mayClaim = this.#mayPut = false
    const requests = [...others, ...puts].map(({ request }) => request)
    if (claims > 0) requests.push({ kind: 'claim', count: claims })
    if (requests.length === 0) return undefined
    return {
      requests,
      answered: (answers, standing) => {
        this.#standing = standing
        for (const [index, { asker }] of others.entries()) asker.succeed(answers[index] as Answer)
        for (const [index, asker] of puts.entries()) this.#answerPut(asker, answers[others.length + index] as PutAnswer)
        if (claims > 0) this.#handOut(answers.at(-1) as readonly ClaimedRow[], lookups)
        this.#owner.stands(standing)
        this.#goOn()
      },
      failed: (error) => {
        for (const asker of [...others.map((other) => other.asker), ...puts, ...lookups]) asker.fail(error)
        if (claims > lookups.length) failAll(this.consumers, error)
        this.#goOn()
      },
    }
  }

  gone(error: Error): void {
    this.#isStopped = true
    failAll(this.consumers, error)
    failAll(this.producers, error)
    this.heedWaiters()
  }

  /** As many as may find room, from the front. They keep their places. */
  #nextProducers(): PutAsker[] {
    const most = Math.max(1, Math.min(MAX_BATCH, this.#owner.capacity - this.depth))
    const next = waitersOf(this.producers, most)
    for (const producer of next) producer.isAsked = true
    return next
  }

  #answerPut(asker: PutAsker, answer: PutAnswer): void {
    this.#owner.put(answer)
    const isWaiting = asker.line !== undefined
    if (answer.how !== 'full' || !isWaiting) asker.succeed({ id: answer.id, isDuplicate: answer.how === 'duplicate' })
    else if (this.#isClosed) asker.fail(this.#closed())
    else asker.refused()
  }

  #handOut(rows: readonly ClaimedRow[], lookups: readonly Lookup<T>[]): void {
    const leases = rows.flatMap((row) => this.#owner.leaseOf(row) ?? [])
    for (const lookup of lookups) lookup.succeed(leases.shift())
    for (const lease of leases) {
      const consumer = this.#isStopped ? undefined : this.consumers.first
      if (consumer) consumer.succeed(lease)
      else this.#surplus.push(lease)
    }
    // At hand for the rest of this turn; what nobody wants by then goes back.
    if (this.#surplus.length > 0) queueMicrotask(() => this.#giveBack())
  }

  #giveBack(): void {
    // A lease that can't be given back ends by itself.
    for (const lease of this.#surplus.splice(0)) lease.release().catch(() => {})
  }

  /** After a batch: is there more to do at once? */
  #goOn(): void {
    if (this.consumers.size > 0 && this.#standing.ready > 0) this.#mayClaim = true
    if (this.producers.size > 0 && this.depth < this.#owner.capacity) this.#mayPut = true
    this.#finishIfEmpty()
    if (this.#mayClaim || this.#mayPut) this.#wake()
    else this.heedWaiters()
  }

  #finishIfEmpty(): void {
    if (this.#isClosed && this.depth + this.#standing.leased === 0) failAll(this.consumers, this.#closed())
  }

  #wake(): void {
    this.#link.wake()
    this.heedWaiters()
  }

  #lookAgain(): void {
    this.#timer = undefined
    this.#mayClaim = this.consumers.size > 0
    this.#mayPut = this.producers.size > 0
    this.#wake()
  }

  #lookAgainMs(): number {
    const { nextAt } = this.#standing
    const { pollMs } = this.#owner
    return nextAt === null ? pollMs : Math.min(pollMs, Math.max(1, nextAt - Date.now()))
  }

  #closed(): QueueClosedError {
    return new QueueClosedError(this.#owner.name)
  }
}

function waitersOf<W extends Waiter>(line: WaitingLine<W>, most = Number.POSITIVE_INFINITY): W[] {
  const all: W[] = []
  for (let each: Waiter | undefined = line.first; each && all.length < most; each = each.next) all.push(each as W)
  return all
}

function failAll(line: WaitingLine<Waiter & { fail(reason: unknown): void }>, error: Error): void {
  for (const waiter of waitersOf(line)) waiter.fail(error)
}
