import { type Observable, SafeEmitter, type WorkSource, checkName, checkNumber } from '@tps/internal'
import { Asker } from './asker.ts'
import { LeaseLostError, QueueClosedError, TooManyWaitingError } from './errors.ts'
import { SqliteDeadLetters } from './sqlite-dead-letters.ts'
import { SqliteDesk } from './sqlite-desk.ts'
import type { SqliteQueueEvents, SqliteQueueSnapshot } from './sqlite-events.ts'
import { type LeaseEnd, SqliteLease } from './sqlite-lease.ts'
import { SqliteLink } from './sqlite-link.ts'
import {
  type CheckedSqliteOptions,
  type SqlitePutOptions,
  type SqliteQueueOptions,
  checkSqliteOptions,
} from './sqlite-options.ts'
import type { ClaimedRow, PutAnswer, Standing } from './sqlite-protocol.ts'
import { endRequest, putRequest } from './sqlite-requests.ts'
import { SqliteTotals } from './sqlite-totals.ts'
import { PutAsker, type PutReceipt } from './sqlite-waiters.ts'

/**
 * A queue in a SQLite file: what `put` has resolved for survives a crash of the process, and with `synchronous: 'full'` a
 * power failure. Several processes may share the file.
 *
 * Each item is handed out at least once: a worker that dies, or doesn't renew its lease, has its item given to another one.
 * A thread of its own does the work; what is asked for while it commits shares the next commit.
 */
export class SqliteQueue<T> implements WorkSource<T>, Observable<SqliteQueueEvents<T>>, AsyncDisposable {
  readonly name: string
  /** The file. */
  readonly path: string
  /** Items outlive this process: a pool's `submit`, which gives a result back, is not for them. */
  readonly isDurable = true
  /** How long a lease lasts unless it is extended, in ms. */
  readonly leaseMs: number
  /** The items that were given up. */
  readonly deadLetters: SqliteDeadLetters<T>
  readonly #options: CheckedSqliteOptions<T>
  readonly #link: SqliteLink
  readonly #desk: SqliteDesk<T>
  readonly #emitter: SafeEmitter<SqliteQueueEvents<T>>
  readonly #totals: SqliteTotals<T>
  readonly #leaseHome = {
    end: (lease: SqliteLease<T>, end: LeaseEnd): Promise<void> => this.#end(lease, end),
    extend: (lease: SqliteLease<T>, ms: number): Promise<void> => this.#extend(lease, ms),
  }
  #stopping: Promise<void> | undefined

  private constructor(options: CheckedSqliteOptions<T>, link: SqliteLink, standing: Standing) {
    const { name, store, codec, clock, timers, pollMs, keepAlive } = options
    this.name = name
    this.path = store.path
    this.leaseMs = store.leaseMs
    this.#options = options
    this.#link = link
    this.#emitter = new SafeEmitter(options.onListenerError)
    const totals = new SqliteTotals(this.#emitter, clock)
    this.#totals = totals
    const owner = {
      name,
      capacity: store.capacity,
      pollMs,
      keepAlive,
      timers,
      leaseOf: (row: ClaimedRow) => this.#leaseOf(row),
      put: (answer: PutAnswer) => totals.put(answer),
      stands: (now: Standing) => totals.found(now),
    }
    const desk = new SqliteDesk<T>(owner, link, standing)
    this.#desk = desk
    this.deadLetters = new SqliteDeadLetters({
      ask: (request) => desk.ask(request),
      size: () => desk.standing.dead,
      codec,
      clock,
      timers,
    })
    totals.found(standing)
  }

  /**
   * Opens the file, or makes it.
   * @throws {TypeError | RangeError} when an option is wrong.
   * @throws {StorageError} when the file can't be used; it says which one, why, and what to do.
   */
  static async open<T>(options: SqliteQueueOptions<T>): Promise<SqliteQueue<T>> {
    const checked = checkSqliteOptions(options)
    const { link, standing } = await SqliteLink.open(checked.store)
    return new SqliteQueue(checked, link, standing)
  }

  /** How many wait, delayed ones included, as this process last saw it. */
  get depth(): number {
    return this.#desk.depth
  }

  /** How many are in workers' hands, those of other processes included, as this process last saw it. */
  get leased(): number {
    return this.#desk.standing.leased
  }

  /** Whether this process puts nothing more in. */
  get isClosed(): boolean {
    return this.#desk.isClosed
  }

  /**
   * Puts an item in, and waits for room, first come first served among the producers of this process. Resolves after the
   * COMMIT. Rejects with the reason of `signal`, `QueueClosedError`, `TooManyWaitingError`, or a `StorageError`: then the
   * item is not in.
   */
  async put(item: T, options: SqlitePutOptions = {}): Promise<PutReceipt> {
    const { signal } = options
    signal?.throwIfAborted()
    if (this.isClosed) throw new QueueClosedError(this.name)
    const request = putRequest(item, options, this.#options)
    this.#checkWaiting(this.#desk.producers.size)
    const asker = new PutAsker(request, signal, this.#desk.heedWaiters)
    this.#desk.put(asker)
    return asker.promise
  }

  /**
   * Puts an item in if there is room: `true` after the COMMIT, also for a duplicate; `false` when it was full or is closed.
   * Rejects with a `StorageError` when the file failed: then the item is not in.
   */
  async offer(item: T, options: SqlitePutOptions = {}): Promise<boolean> {
    const request = putRequest(item, options, this.#options)
    if (this.isClosed || this.#desk.isKnownFull) return this.#refuse(item)
    const asker = new PutAsker(request)
    this.#desk.offer(asker)
    const { id, isDuplicate } = await asker.promise
    return id > 0 || isDuplicate || this.#refuse(item)
  }

  /**
   * Waits for work. Its lease lasts `leaseMs`. Rejects with the reason of `signal`; with `QueueClosedError` once this process
   * has closed the queue and nothing is left in it; with a `StorageError` when the file failed.
   */
  async lease({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<SqliteLease<T>> {
    signal?.throwIfAborted()
    if (this.#stopping) throw new QueueClosedError(this.name)
    const spare = this.#desk.spare()
    if (spare) return spare
    this.#checkWaiting(this.#desk.consumers.size)
    const asker = new Asker<SqliteLease<T>>(signal, this.#desk.heedWaiters)
    this.#desk.consume(asker)
    return asker.promise
  }

  /** A lease that this process happens to hold already, or `undefined`: to ask the file takes a promise, see `leaseNow`. */
  tryLease(): SqliteLease<T> | undefined {
    return this.#desk.spare()
  }

  /** Work now, or `undefined`. Does not wait for work, only for the file. */
  async leaseNow(): Promise<SqliteLease<T> | undefined> {
    if (this.#stopping) throw new QueueClosedError(this.name)
    const spare = this.#desk.spare()
    if (spare) return spare
    const asker = new Asker<SqliteLease<T> | undefined>()
    this.#desk.lookUp(asker)
    return asker.promise
  }

  /** This process puts nothing more in. What is in the file comes out as before. */
  close(): void {
    if (this.isClosed) return
    this.#desk.close()
    if (this.#emitter.has('closed')) this.#emitter.emit('closed', { depth: this.depth })
  }

  /**
   * Closes the queue and the file. Consumers that wait get `QueueClosedError`; what was asked before is done; leases that are
   * not ended go to others when their time is over. The file can be opened again.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Copies the file to `path` while the queue works on. The copy is whole or not there. Replaces what is at `path`. */
  backup(path: string): Promise<void> {
    return this.#link.backup(checkName('path', path))
  }

  /** Checks the whole file: what is wrong with it, in words; empty when it is sound. O(file), and nothing else is done meanwhile. */
  verify(): Promise<readonly string[]> {
    return this.#link.verify()
  }

  on<E extends keyof SqliteQueueEvents<T>>(event: E, listener: (...args: SqliteQueueEvents<T>[E]) => void): () => void {
    return this.#emitter.on(event, listener)
  }

  snapshot(): SqliteQueueSnapshot {
    const { producers, consumers, standing } = this.#desk
    const { delayed, leased, dead, oldestAt } = standing
    const { capacity } = this.#options.store
    return {
      name: this.name,
      path: this.path,
      capacity: Number.isFinite(capacity) ? capacity : null,
      depth: this.depth,
      delayed,
      leased,
      deadLetters: dead,
      oldestAgeMs: oldestAt === null ? 0 : Math.max(0, Date.now() - oldestAt),
      waitingProducers: producers.size,
      waitingConsumers: consumers.size,
      ...this.#totals.readings(),
      isClosed: this.isClosed,
    }
  }

  async #stop(): Promise<void> {
    this.close()
    await this.#desk.stop()
    await this.#link.close()
  }

  #checkWaiting(waiting: number): void {
    if (waiting >= this.#options.maxWaiting) throw new TooManyWaitingError(this.name, waiting)
  }

  #refuse(item: T): false {
    this.#totals.rejected(item)
    return false
  }

  async #end(lease: SqliteLease<T>, end: LeaseEnd): Promise<void> {
    const { id, fence, attempt } = lease
    const answer = await this.#desk.ask(endRequest(id, fence, end, this.#options.keepStacks))
    if (answer === 'lost') throw new LeaseLostError(this.name, attempt)
    this.#totals.ended(lease, end)
  }

  async #extend({ id, fence, attempt }: SqliteLease<T>, ms: number): Promise<void> {
    const answer = await this.#desk.ask({ kind: 'extend', id, fence, ms: checkNumber('ms', ms, { min: 0 }) })
    if (answer === 'lost') throw new LeaseLostError(this.name, attempt)
  }

  #leaseOf(row: ClaimedRow): SqliteLease<T> | undefined {
    const { id, fence } = row
    try {
      const item = this.#options.codec.decode(row.item)
      this.#totals.handedOut()
      return new SqliteLease(this.#leaseHome, item, {
        id,
        attempt: row.attempt,
        fence,
        class: row.class,
        key: row.key ?? undefined,
        tenant: row.tenant ?? undefined,
        headers: row.headers === null ? {} : (JSON.parse(row.headers) as Record<string, string>),
        createdAt: row.createdAt,
      })
    } catch (error) {
      // If this fails too, the lease runs out and it is tried again.
      this.#desk
        .ask(endRequest(id, fence, { kind: 'dead-letter', reason: error }, this.#options.keepStacks))
        .catch(() => {})
      this.#emitter.emit('unreadable', { id, error })
      return undefined
    }
  }
}
