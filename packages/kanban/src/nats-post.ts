import type { Msg, MsgHdrs, NatsConnection, Subscription } from '@nats-io/nats-core'
import type { Clock, Timers } from '@tps/internal'
import { Alarm } from './alarm.ts'
import { JetStreamQueueError, queueErrorOf } from './nats-errors.ts'

/** How long to wait before what nobody listened to is sent again. */
const NOBODY_MS = 100
/** No answer after this: it is sent again. */
const RESEND_MS = 2_000
const NO_RESPONDERS = 503
/** Digits and letters, for the numbers of questions. */
const RADIX = 36

/** What is asked, and until when. */
interface Question {
  readonly subject: string
  readonly payload: string | Uint8Array
  readonly headers: MsgHdrs | undefined
  readonly reply: string
  readonly endsAtMs: number
  resendAtMs: number
  wasUnheard: boolean
  readonly resolve: (answer: Msg) => void
  readonly reject: (error: unknown) => void
}

export interface PostOptions {
  readonly connection: NatsConnection
  readonly queue: string
  readonly requestMs: number
  readonly clock: Clock
  readonly timers: Timers
}

/**
 * Questions to the server, each until it is answered or its time is over. What gets no answer is sent again: only what
 * may arrive twice is asked this way. One subscription and one timer serve all.
 */
export class Post {
  /** Where answers go: this and a number. */
  readonly inbox: string
  readonly #connection: NatsConnection
  readonly #queue: string
  readonly #requestMs: number
  readonly #clock: Clock
  readonly #alarm: Alarm
  readonly #open = new Map<string, Question>()
  readonly #subscription: Subscription
  #next = 0
  #closed: Error | undefined
  #onEmpty: (() => void) | undefined

  constructor(inbox: string, { connection, queue, requestMs, clock, timers }: PostOptions) {
    this.inbox = `${inbox}.`
    this.#connection = connection
    this.#queue = queue
    this.#requestMs = requestMs
    this.#clock = clock
    this.#alarm = new Alarm(timers, () => this.#sweep())
    this.#subscription = connection.subscribe(`${inbox}.*`, {
      callback: (error, message) => this.#receive(error, message),
    })
  }

  /** How many are not answered. */
  get open(): number {
    return this.#open.size
  }

  /**
   * Asks, for `requestMs` or until `untilMs` by the clock, whichever comes first. Rejects with `ERR_STORAGE_TIMEOUT` when no
   * answer came, and with `ERR_STORAGE_GONE` when nobody listened all the time.
   */
  ask(
    subject: string,
    payload: string | Uint8Array,
    headers?: MsgHdrs,
    untilMs: number = Number.POSITIVE_INFINITY,
  ): Promise<Msg> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(this.#closed)
        return
      }
      const nowMs = this.#clock.now()
      const reply = this.inbox + (this.#next++).toString(RADIX)
      const question: Question = {
        subject,
        payload,
        headers,
        reply,
        endsAtMs: Math.min(nowMs + this.#requestMs, untilMs),
        resendAtMs: nowMs + RESEND_MS,
        wasUnheard: false,
        resolve,
        reject,
      }
      this.#open.set(reply, question)
      this.#send(question)
      this.#wakeAt(Math.min(question.endsAtMs, question.resendAtMs), nowMs)
    })
  }

  /** The connection was lost, and is there again: what was under way may be lost as well. */
  resendAll(): void {
    const nowMs = this.#clock.now()
    for (const question of this.#open.values()) this.#resend(question, nowMs)
  }

  /** The server won't have what is sent to `subject`. */
  refuse(subject: string, error: Error): void {
    for (const question of this.#open.values()) {
      if (question.subject !== subject) continue
      this.#end(question.reply)
      question.reject(error)
    }
  }

  /** Resolves when everything has been answered, or its time is over. */
  async settled(): Promise<void> {
    if (this.#open.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve))
  }

  /** Nothing more is asked; what is open fails with `error`. */
  close(error: Error): void {
    if (this.#closed) return
    this.#closed = error
    this.#alarm.set(Number.POSITIVE_INFINITY, 0)
    for (const question of this.#open.values()) question.reject(error)
    this.#open.clear()
    this.#onEmpty?.()
    this.#subscription.unsubscribe()
  }

  #send({ subject, payload, headers, reply, reject }: Question): void {
    try {
      this.#connection.publish(subject, payload, headers ? { reply, headers } : { reply })
    } catch (error) {
      this.#end(reply)
      reject(queueErrorOf(error, this.#queue))
    }
  }

  #resend(question: Question, nowMs: number): void {
    question.resendAtMs = nowMs + RESEND_MS
    this.#send(question)
  }

  #receive(error: Error | null, message: Msg): void {
    if (error) {
      this.close(queueErrorOf(error, this.#queue))
      return
    }
    const question = this.#open.get(message.subject)
    if (!question) return
    if (message.data.length === 0 && message.headers?.code === NO_RESPONDERS) {
      const nowMs = this.#clock.now()
      question.wasUnheard = true
      question.resendAtMs = nowMs + NOBODY_MS
      this.#wakeAt(question.resendAtMs, nowMs)
      return
    }
    this.#end(message.subject)
    question.resolve(message)
  }

  #end(reply: string): void {
    this.#open.delete(reply)
    if (this.#open.size === 0) this.#onEmpty?.()
  }

  #wakeAt(dueMs: number, nowMs: number): void {
    if (dueMs < this.#alarm.dueMs) this.#alarm.set(dueMs, nowMs)
  }

  #sweep(): void {
    const nowMs = this.#clock.now()
    let nextMs = Number.POSITIVE_INFINITY
    for (const question of this.#open.values()) {
      if (question.endsAtMs <= nowMs) {
        this.#end(question.reply)
        question.reject(this.#unanswered(question))
        continue
      }
      if (question.resendAtMs <= nowMs) this.#resend(question, nowMs)
      nextMs = Math.min(nextMs, question.endsAtMs, question.resendAtMs)
    }
    this.#alarm.set(nextMs, nowMs)
  }

  #unanswered({ wasUnheard, subject }: Question): JetStreamQueueError {
    return wasUnheard
      ? new JetStreamQueueError('ERR_STORAGE_GONE', this.#queue, `nobody listens to "${subject}": is its stream there?`)
      : new JetStreamQueueError(
          'ERR_STORAGE_TIMEOUT',
          this.#queue,
          'the server did not answer in time: it may be done or not',
        )
  }
}
