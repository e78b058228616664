import { jetstreamManager } from '@nats-io/jetstream'
import { createInbox } from '@nats-io/nats-core'
import { type Observable, SafeEmitter, type WorkSource, checkNumber, checkObject } from '@tps/internal'
import { QueueClosedError, TooManyWaitingError } from './errors.ts'
import { JetStreamDeadLetters } from './nats-dead-letters.ts'
import { type JetStreamReceipt, type Parcel, Producer } from './nats-entrance.ts'
import { HEADER, checkNatsHeaders, sealed } from './nats-envelope.ts'
import { JetStreamQueueError, queueErrorOf } from './nats-errors.ts'
import type { JetStreamQueueEvents, JetStreamQueueSnapshot } from './nats-events.ts'
import { DEAD_LETTER_BYTES } from './nats-graveyard.ts'
import type { JetStreamLease } from './nats-lease.ts'
import { Names } from './nats-names.ts'
import { type CheckedJetStreamOptions, type JetStreamQueueOptions, checkJetStreamOptions } from './nats-options.ts'
import type { JetStreamPutOptions } from './nats-put-options.ts'
import { type JetStreamServer, serverOf } from './nats-server.ts'
import { Setup } from './nats-setup.ts'
import { Totals } from './nats-totals.ts'
import { Works } from './nats-works.ts'

const MAX_BYTES_PER_UNIT = 3

/**
 * A queue in a stream of NATS JetStream, for any number of processes on any number of machines: what `put` has resolved for
 * survives a crash of this process and of the server.
 *
 * Each item is handed out at least once: a worker that dies, or doesn't renew its lease, has its item given to another one,
 * and a server that crashes may hand out again what was acknowledged shortly before.
 */
export class JetStreamQueue<T> implements WorkSource<T>, Observable<JetStreamQueueEvents<T>>, AsyncDisposable {
  readonly name: string
  /** Items outlive this process: a pool's `submit`, which gives a result back, is not for them. */
  readonly isDurable = true
  /** How long a lease lasts unless it is extended, in ms. */
  readonly leaseMs: number
  /** The items that were given up. */
  readonly deadLetters: JetStreamDeadLetters<T>
  /** The server's version, and what it lacks of what later ones have. */
  readonly server: JetStreamServer
  readonly #options: CheckedJetStreamOptions<T>
  readonly #emitter: SafeEmitter<JetStreamQueueEvents<T>>
  readonly #totals: Totals<T>
  readonly #works: Works<T>
  #nextId = 0
  readonly #idPrefix: string
  #stopping: Promise<void> | undefined

  private constructor(options: CheckedJetStreamOptions<T>, server: JetStreamServer, works: WorksParts) {
    const { name, leaseMs, clock } = options
    this.name = name
    this.leaseMs = leaseMs
    this.server = server
    this.#options = options
    this.#emitter = new SafeEmitter(options.onListenerError)
    this.#totals = new Totals(this.#emitter, clock)
    // Unique among all producers: what the client calls an inbox is.
    this.#idPrefix = `${works.inbox}:`
    this.#works = new Works({ ...works, options, totals: this.#totals, emitter: this.#emitter })
    this.deadLetters = new JetStreamDeadLetters(this.#works.deadLetterHome())
  }

  /**
   * Opens the queue, or makes it: a stream for the items, one for the dead letters, one for what the server says about items
   * it gave up, and a consumer for each class.
   * @throws {TypeError | RangeError} when an option is wrong.
   * @throws {JetStreamQueueError} when the server can't be used; it says why, and what to do.
   */
  static async open<T>(options: JetStreamQueueOptions<T>): Promise<JetStreamQueue<T>> {
    const checked = checkJetStreamOptions(options)
    const { connection, name, domain, requestMs } = checked
    const names = new Names(name, domain)
    try {
      const server = serverOf(connection.info, name)
      const manager = await jetstreamManager(connection, { timeout: requestMs, apiPrefix: names.api })
      const setup = new Setup(manager, names, checked, server)
      await setup.all()
      const queue = new JetStreamQueue(checked, server, { manager, names, setup, inbox: createInbox() })
      await queue.#works.start()
      return queue
    } catch (error) {
      throw queueErrorOf(error, name)
    }
  }

  /** How many wait, as this process last saw it; what it put in since counts. */
  get depth(): number {
    return this.#works.depth
  }

  /** How many are in workers' hands or wait out a delay, in all processes, as this one last saw it. */
  get leased(): number {
    return this.#works.leased
  }

  /** Whether this process puts nothing more in. */
  get isClosed(): boolean {
    return this.#works.isClosed
  }

  /**
   * Puts an item in, and waits for room: among the producers of this process first come first served, among processes by
   * chance. Resolves when the server has confirmed it. Rejects with the reason of `signal`, `QueueClosedError`,
   * `TooManyWaitingError`, or a `JetStreamQueueError`: then the item is not in, except with `ERR_STORAGE_TIMEOUT`, after
   * which it may be.
   */
  async put(item: T, options: JetStreamPutOptions = {}): Promise<JetStreamReceipt> {
    const { signal } = options
    signal?.throwIfAborted()
    if (this.isClosed) throw new QueueClosedError(this.name)
    const parcel = this.#parcelOf(item, options)
    const { entrance } = this.#works
    this.#checkWaiting(entrance.line.size)
    const producer = new Producer(parcel, signal)
    entrance.put(producer)
    return producer.promise
  }

  /**
   * Puts an item in if there is room: `true` when the server has confirmed it, also for a duplicate; `false` when it was full
   * or is closed. Rejects with a `JetStreamQueueError` as `put` does.
   */
  async offer(item: T, options: JetStreamPutOptions = {}): Promise<boolean> {
    const parcel = this.#parcelOf(item, options)
    if (!this.isClosed && (await this.#works.entrance.offer(parcel)) !== 'full') return true
    this.#totals.rejected(item)
    return false
  }

  /**
   * Waits for work. Its lease lasts `leaseMs`. Rejects with the reason of `signal`; with `QueueClosedError` once this process
   * has closed the queue and nothing is left in it; with a `JetStreamQueueError` when the connection is closed for good.
   */
  async lease({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<JetStreamLease<T>> {
    signal?.throwIfAborted()
    if (this.#stopping) throw new QueueClosedError(this.name)
    const spare = this.#works.exit.spare()
    if (spare) return spare
    this.#checkWaiting(this.#works.exit.consumers.size)
    return this.#works.awaitLease(signal)
  }

  /** A lease that this process happens to hold already, or `undefined`: to ask the server takes a promise, see `leaseNow`. */
  tryLease(): JetStreamLease<T> | undefined {
    return this.#works.exit.spare()
  }

  /** Work now, or `undefined`. Does not wait for work, only for the server. */
  async leaseNow(): Promise<JetStreamLease<T> | undefined> {
    if (this.#stopping) throw new QueueClosedError(this.name)
    return this.#works.exit.spare() ?? (await this.#works.lookUp())
  }

  /** This process puts nothing more in. What is on the server comes out as before. */
  close(): void {
    if (this.isClosed) return
    this.#works.close()
    if (this.#emitter.has('closed')) this.#emitter.emit('closed', { depth: this.depth })
  }

  /**
   * Closes the queue here. Consumers that wait get `QueueClosedError`; what was asked before is done, or its time is over;
   * leases that are not ended go to others when their time is over. The connection stays open. The queue can be opened again.
   */
  stop(): Promise<void> {
    this.close()
    this.#stopping ??= this.#works.stop()
    return this.#stopping
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  on<E extends keyof JetStreamQueueEvents<T>>(
    event: E,
    listener: (...args: JetStreamQueueEvents<T>[E]) => void,
  ): () => void {
    return this.#emitter.on(event, listener)
  }

  snapshot(): JetStreamQueueSnapshot {
    const { capacity } = this.#options
    return {
      name: this.name,
      server: this.server.version,
      capacity: Number.isFinite(capacity) ? capacity : null,
      ...this.#works.readings(),
      ...this.#totals.readings(),
      isClosed: this.isClosed,
    }
  }

  #parcelOf(item: T, options: JetStreamPutOptions): Parcel {
    checkObject('options', options)
    const { classes, codec, dedupBy } = this.#options
    const { class: name = classes.at(-1) ?? '', deadlineMs, tenant, headers } = options
    if (!classes.includes(name)) throw new RangeError(`class must be one of ${classes.join(', ')}, got "${name}"`)
    if (headers !== undefined) checkNatsHeaders(headers)
    const key = options.key ?? dedupBy?.(item)
    const payload = codec.encode(item)
    const isBytes = typeof payload !== 'string'
    const deadlineAt =
      deadlineMs === undefined ? undefined : Math.ceil(Date.now() + checkNumber('deadlineMs', deadlineMs, { above: 0 }))
    this.#checkSize(payload)
    const id = key === undefined ? this.#idPrefix + (this.#nextId++).toString(36) : `key:${encodeURIComponent(key)}`
    return {
      subject: this.#works.names.subject(name),
      payload,
      headers: sealed({ key, tenant, deadlineAt, isBytes, headers: headers ?? {} }, { [HEADER.messageId]: id }),
      isKeyed: key !== undefined,
    }
  }

  /** Room is left for what a dead letter says beside its item. */
  #checkSize(payload: string | Uint8Array): void {
    const max = (this.#options.connection.info?.max_payload ?? Number.POSITIVE_INFINITY) - DEAD_LETTER_BYTES
    // A UTF-16 unit becomes three bytes at most: a short text needs no counting.
    if (payload.length * MAX_BYTES_PER_UNIT <= max) return
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload).length : payload.length
    if (bytes > max)
      throw new JetStreamQueueError(
        'ERR_ITEM_TOO_LARGE',
        this.name,
        `an item may have ${max} bytes, got ${bytes}: raise max_payload of the server, or keep it elsewhere and put in where`,
      )
  }

  #checkWaiting(waiting: number): void {
    if (waiting >= this.#options.maxWaiting) throw new TooManyWaitingError(this.name, waiting)
  }
}

type WorksParts = Pick<ConstructorParameters<typeof Works>[0], 'manager' | 'names' | 'setup' | 'inbox'>
