import type { Clock, Timers } from '@tps/internal'
import { Alarm } from './alarm.ts'
import { ACK_WAIT_FACTOR } from './nats-setup.ts'

const NEVER = Number.POSITIVE_INFINITY
const ACK = '+ACK'
const GIVE_BACK = '-NAK'
const WORKING = '+WPI'
const NANOS = 1e6

/** Sends to where an acknowledgement goes; resolves when the server has confirmed it. */
export type Acknowledge = (reply: string, payload: string, untilMs: number) => Promise<unknown>

/** A message in this process's hands. */
export interface Hand {
  readonly reply: string
  readonly class: string
  readonly sequence: number
  /** When whoever works on it gives up. */
  endsAtMs: number
  /** Before this the server does not give it to somebody else. */
  safeUntilMs: number
  /** When the server is next told that it is being worked on; `Infinity` while its own wait is long enough. */
  renewAtMs: number
  isEnding: boolean
}

/** How long the messages in this process's hands are its own, by its own clock. One timer for all. */
export class Hands {
  /** Set by the queue: this one's time was over before it was ended. */
  onLost: (hand: Hand) => void = () => {}
  readonly #open = new Set<Hand>()
  readonly #leaseMs: number
  readonly #ackWaitMs: number
  readonly #clock: Clock
  readonly #alarm: Alarm
  readonly #acknowledge: Acknowledge

  constructor(leaseMs: number, clock: Clock, timers: Timers, acknowledge: Acknowledge) {
    this.#leaseMs = leaseMs
    this.#ackWaitMs = leaseMs * ACK_WAIT_FACTOR
    this.#clock = clock
    this.#alarm = new Alarm(timers, () => this.#sweep())
    this.#acknowledge = acknowledge
  }

  get size(): number {
    return this.#open.size
  }

  /** A message that the server sent not before `sentMs`. `undefined` when its time is over already. */
  take(reply: string, className: string, sequence: number, sentMs: number): Hand | undefined {
    const nowMs = this.#clock.now()
    const endsAtMs = sentMs + this.#leaseMs
    if (endsAtMs <= nowMs) return undefined
    const hand: Hand = {
      reply,
      class: className,
      sequence,
      endsAtMs,
      safeUntilMs: sentMs + this.#ackWaitMs,
      renewAtMs: NEVER,
      isEnding: false,
    }
    this.#open.add(hand)
    this.#wakeAt(endsAtMs, nowMs)
    return hand
  }

  /** Whether it is still held. */
  holds(hand: Hand): boolean {
    return this.#open.has(hand) && Math.min(hand.endsAtMs, hand.safeUntilMs) > this.#clock.now()
  }

  /** The lease ends `ms` from now. `false` when it was too late. Rejects when the server could not be told. */
  async extend(hand: Hand, ms: number): Promise<boolean> {
    if (!this.holds(hand)) return false
    const askedMs = this.#clock.now()
    await this.#renew(hand, askedMs)
    if (!this.#open.has(hand)) return false
    hand.endsAtMs = askedMs + ms
    hand.renewAtMs = ms > this.#leaseMs ? askedMs + this.#ackWaitMs / 3 : NEVER
    this.#wakeAt(Math.min(hand.endsAtMs, hand.renewAtMs), this.#clock.now())
    return true
  }

  acknowledge(hand: Hand): Promise<boolean> {
    return this.end(hand, ACK)
  }

  /** The server hands it out again, after `delayMs`. */
  giveBack(hand: Hand, delayMs: number): Promise<boolean> {
    return this.end(hand, delayMs > 0 ? `${GIVE_BACK} {"delay":${Math.ceil(delayMs * NANOS)}}` : GIVE_BACK)
  }

  /** Ends it. `false` when it was too late. Rejects when the server did not confirm: it may be ended again. */
  async end(hand: Hand, payload: string, before?: () => Promise<void>): Promise<boolean> {
    if (!this.holds(hand)) {
      this.#drop(hand)
      return false
    }
    hand.isEnding = true
    try {
      if (before) await before()
      await this.#acknowledge(hand.reply, payload, hand.safeUntilMs)
      this.#open.delete(hand)
      return true
    } finally {
      hand.isEnding = false
    }
  }

  /**
   * The consumer of a class was taken away. One made anew knows nothing of what is in hand: it hands all of it out again, and
   * would confirm an acknowledgement without heeding it.
   */
  loseAll(className: string): void {
    for (const hand of this.#open) if (hand.class === className) this.#drop(hand)
  }

  /** Forgets all: what is not ended goes to others when the server's wait is over. */
  stop(): void {
    this.#alarm.set(NEVER, 0)
    this.#open.clear()
  }

  async #renew(hand: Hand, askedMs: number): Promise<void> {
    await this.#acknowledge(hand.reply, WORKING, hand.safeUntilMs)
    hand.safeUntilMs = Math.max(hand.safeUntilMs, askedMs + this.#ackWaitMs)
  }

  #wakeAt(dueMs: number, nowMs: number): void {
    if (dueMs < this.#alarm.dueMs) this.#alarm.set(dueMs, nowMs)
  }

  #sweep(): void {
    const nowMs = this.#clock.now()
    let nextMs = NEVER
    for (const hand of this.#open) {
      const endsAtMs = Math.min(hand.endsAtMs, hand.safeUntilMs)
      if (endsAtMs <= nowMs) {
        this.#lose(hand, nowMs)
        continue
      }
      if (hand.renewAtMs <= nowMs) {
        hand.renewAtMs = nowMs + this.#ackWaitMs / 3
        // If it does not arrive, the next one may; if none does, the lease ends.
        this.#renew(hand, nowMs).catch(() => {})
      }
      nextMs = Math.min(nextMs, endsAtMs, hand.renewAtMs)
    }
    this.#alarm.set(nextMs, nowMs)
  }

  #lose(hand: Hand, nowMs: number): void {
    // What is under way may still arrive; and what the server may have given to another is not ours to give back.
    if (!hand.isEnding && nowMs < hand.safeUntilMs)
      this.#acknowledge(hand.reply, GIVE_BACK, hand.safeUntilMs).catch(() => {})
    this.#drop(hand)
  }

  #drop(hand: Hand): void {
    if (this.#open.delete(hand)) this.onLost(hand)
  }
}
