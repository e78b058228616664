import type { Msg, MsgHdrs } from '@nats-io/nats-core'
import type { Timer, Timers } from '@tps/internal'
import { Asker } from './asker.ts'
import { apiErrorOf } from './nats-errors.ts'
import { QueueClosedError } from './errors.ts'
import type { Post } from './nats-post.ts'
import { type Waiter, WaitingLine } from './waiting-line.ts'

/** Before a full queue is asked again: doubled each time, up to the last, less a random half. */
const FIRST_WAIT_MS = 4
const LAST_WAIT_MS = 250
/** How many of those that wait are sent at once at most. */
const MAX_WINDOW = 256
/** "The stream did not take it": when it is full, with the words "maximum messages exceeded". */
const FULL = 10_077
/** "Larger than the stream takes": while its limits are being changed nothing is small enough, see `Setup`. */
const CLOSED = 10_054

/** What became of an item that was put in. */
export interface JetStreamReceipt {
  /** The item's number in the stream; of a duplicate, that of the item it repeats. */
  readonly id: number
  /** Whether an item with the same key was put in lately: then nothing has changed. */
  readonly isDuplicate: boolean
}

/** A message ready to be sent. It is always sent with the same id, so that sending it twice does no harm. */
export interface Parcel {
  readonly subject: string
  readonly payload: string | Uint8Array
  readonly headers: MsgHdrs
  readonly isKeyed: boolean
}

export type Admission = JetStreamReceipt | 'full'

interface PubAck {
  readonly seq?: number
  readonly duplicate?: boolean
  readonly error?: { readonly err_code?: number; readonly description?: string }
}

/** Who waits in `put`. It keeps its place in the line while its item is on the way. */
export class Producer extends Asker<JetStreamReceipt> {
  readonly parcel: Parcel
  isSent = false
  #abort: { readonly reason: unknown } | undefined

  constructor(parcel: Parcel, signal: AbortSignal | undefined) {
    super(signal)
    this.parcel = parcel
  }

  override aborted(reason: unknown): void {
    if (this.isSent) this.#abort = { reason }
    else super.aborted(reason)
  }

  /** There was no room. It waits on, unless it gave up meanwhile. */
  refused(): void {
    this.isSent = false
    if (this.#abort) this.fail(this.#abort.reason)
  }
}

export interface EntranceOptions {
  readonly name: string
  readonly post: Post
  readonly timers: Timers
  readonly random: () => number
  /** What came of a `put`, before its producer is told. */
  readonly admitted: (receipt: JetStreamReceipt) => void
}

/**
 * The side of the producers. As long as there is room, what is put in is sent at once, as much at a time as is put in. When
 * the server has said that it is full, producers stand in a line; the first of it asks again now and then, and at once when
 * something was taken out here.
 */
export class Entrance {
  readonly line: WaitingLine<Producer> = new WaitingLine()
  readonly #options: EntranceOptions
  #timer: Timer | undefined
  /** The server has said that it is full, and not yet taken in all that wait. */
  #isFull = false
  /** How many times it was asked in vain, in a row. */
  #rounds = 0
  #window = 1
  #underWay = 0
  #isClosed = false
  /** Something was taken out while the line was being asked for. */
  #mayHaveRoom = false

  constructor(options: EntranceOptions) {
    this.#options = options
  }

  put(producer: Producer): void {
    const isFirst = this.line.size === 0
    this.line.join(producer)
    // While nobody was refused, all are under way.
    if (!this.#isFull) void this.#send(producer)
    else if (isFirst) this.#wait()
  }

  /** `'full'` when there is no room, or somebody waits for it. */
  async offer(parcel: Parcel): Promise<Admission> {
    if (this.#isFull && this.line.size > 0) return 'full'
    return await this.#publish(parcel)
  }

  /** Something was taken out. */
  roomMade(): void {
    if (!this.#isFull) return
    if (this.#underWay > 0) this.#mayHaveRoom = true
    else this.#ask()
  }

  /** Nobody waits for room any more. What is on its way may still get in. */
  close(): void {
    this.#isClosed = true
    for (const producer of membersOf(this.line)) if (!producer.isSent) producer.fail(this.#closed())
    this.#timer?.cancel()
    this.#timer = undefined
  }

  async #send(producer: Producer): Promise<void> {
    producer.isSent = true
    this.#underWay++
    try {
      const admission = await this.#publish(producer.parcel)
      this.#underWay--
      if (admission === 'full') this.#refused(producer)
      else this.#accepted(producer, admission)
    } catch (error) {
      this.#underWay--
      producer.fail(error)
    }
    if (this.#isFull && this.#underWay === 0) this.#answered()
  }

  #refused(producer: Producer): void {
    this.#isFull = true
    this.#window = 1
    producer.refused()
    if (this.#isClosed && producer.line) producer.fail(this.#closed())
  }

  #accepted(producer: Producer, receipt: JetStreamReceipt): void {
    if (this.#isFull) this.#window = Math.min(MAX_WINDOW, this.#window * 2)
    this.#rounds = 0
    producer.succeed(receipt)
  }

  /** Everything that was under way has been answered. */
  #answered(): void {
    if (this.line.size === 0) this.#relax()
    else if (this.#window > 1 || this.#mayHaveRoom) this.#ask()
    else {
      this.#rounds++
      this.#wait()
    }
  }

  #wait(): void {
    if (this.#timer || this.#isClosed) return
    const { timers, random } = this.#options
    const fullMs = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#rounds)
    this.#timer = timers.schedule(fullMs * (1 - random() / 2), () => {
      this.#timer = undefined
      this.#ask()
    })
  }

  #ask(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#mayHaveRoom = false
    if (this.#underWay > 0) return
    if (this.line.size === 0) this.#relax()
    for (const producer of membersOf(this.line, this.#window)) void this.#send(producer)
  }

  #relax(): void {
    this.#isFull = false
    this.#rounds = 0
    this.#window = 1
  }

  async #publish({ subject, payload, headers, isKeyed }: Parcel): Promise<Admission> {
    const { post, name, admitted } = this.#options
    const { seq = 0, duplicate = false, error } = answerOf(await post.ask(subject, payload, headers))
    if (error && isFull(error)) return 'full'
    if (error) throw apiErrorOf(error, name)
    // Without a key nobody else has its id: then it is its own, that was sent twice.
    const receipt = { id: seq, isDuplicate: duplicate && isKeyed }
    admitted(receipt)
    return receipt
  }

  #closed(): QueueClosedError {
    return new QueueClosedError(this.#options.name)
  }
}

function isFull({ err_code: code, description = '' }: NonNullable<PubAck['error']>): boolean {
  return code === CLOSED || (code === FULL && /maximum messages/i.test(description))
}

/** What JetStream answers to a publication. */
export function answerOf(message: Msg): PubAck {
  return JSON.parse(message.string()) as PubAck
}

function membersOf<W extends Waiter>(line: WaitingLine<W>, most = Number.POSITIVE_INFINITY): W[] {
  const all: W[] = []
  for (let each: Waiter | undefined = line.first; each && all.length < most; each = each.next) all.push(each as W)
  return all
}
