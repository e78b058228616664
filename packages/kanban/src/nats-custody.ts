import type { Msg } from '@nats-io/nats-core'
import { checkNumber } from '@tps/internal'
import { LeaseLostError } from './errors.ts'
import type { Delivery, Envelope } from './nats-envelope.ts'
import type { Graveyard } from './nats-graveyard.ts'
import type { Hand, Hands } from './nats-hands.ts'
import type { ItemHistories } from './nats-histories.ts'
import type { JetStreamLease, JetStreamLeaseEnd, JetStreamLeaseHome } from './nats-lease.ts'
import { type ThrownJson, thrownToJson } from './thrown-json.ts'

/** "Given up", without a reason: servers before 2.10.4 don't heed one that has a reason. */
const TERMINATE = '+TERM'

/** What all messages in this process's hands share. */
export interface Custodian<T> {
  readonly name: string
  readonly keepStacks: boolean
  readonly hands: Hands
  readonly histories: ItemHistories
  readonly graveyard: Graveyard
  /** The server has confirmed that it has ended. */
  ended(lease: JetStreamLease<T>, end: JetStreamLeaseEnd): void
}

/** One message in this process's hands, and how it leaves them. */
export class Custody<T> implements JetStreamLeaseHome<T> {
  readonly hand: Hand
  readonly #custodian: Custodian<T>
  readonly #class: string
  readonly #attempt: number
  readonly #message: Msg
  readonly #envelope: Envelope
  readonly #createdAt: number

  constructor(
    custodian: Custodian<T>,
    hand: Hand,
    className: string,
    attempt: number,
    message: Msg,
    envelope: Envelope,
    { createdAt }: Delivery,
  ) {
    this.#custodian = custodian
    this.hand = hand
    this.#class = className
    this.#attempt = attempt
    this.#message = message
    this.#envelope = envelope
    this.#createdAt = createdAt
  }

  async end(lease: JetStreamLease<T>, end: JetStreamLeaseEnd): Promise<void> {
    const { name } = this.#custodian
    if (!(await this.#end(end))) throw new LeaseLostError(name, this.#attempt)
    this.#custodian.ended(lease, end)
  }

  async extend(_lease: JetStreamLease<T>, ms: number): Promise<void> {
    const { hands, name } = this.#custodian
    checkNumber('ms', ms, { min: 0 })
    if (!(await hands.extend(this.hand, ms))) throw new LeaseLostError(name, this.#attempt)
  }

  /** It leaves the queue without a trace. */
  async discard(): Promise<boolean> {
    const { hands, histories } = this.#custodian
    const isEnded = await hands.acknowledge(this.hand)
    if (isEnded) histories.forget(this.hand.sequence)
    return isEnded
  }

  /** A dead letter is written, and only when the server has confirmed that, the message goes. */
  async bury(reason: unknown): Promise<boolean> {
    const { hands, histories, graveyard } = this.#custodian
    const { sequence } = this.hand
    const isEnded = await hands.end(this.hand, TERMINATE, () =>
      graveyard.bury({
        sequence,
        data: this.#message.data,
        envelope: this.#envelope,
        class: this.#class,
        createdAt: this.#createdAt,
        attempts: this.#attempt,
        errors: [...histories.errors(sequence), this.#thrown(reason)],
      }),
    )
    if (isEnded) histories.forget(sequence)
    return isEnded
  }

  #end(end: JetStreamLeaseEnd): Promise<boolean> {
    switch (end.kind) {
      case 'ack':
        return this.discard()
      case 'dead-letter':
        return this.bury(end.reason)
      case 'retry':
        return this.#retry(end.delayMs, end.reason)
      case 'release':
        return this.#release()
      default:
        return end satisfies never
    }
  }

  async #retry(delayMs: number, reason: unknown): Promise<boolean> {
    const { hands, histories } = this.#custodian
    const isEnded = await hands.giveBack(this.hand, checkNumber('delayMs', delayMs, { min: 0 }))
    if (isEnded && reason !== undefined) histories.failed(this.hand.sequence, this.#thrown(reason))
    return isEnded
  }

  async #release(): Promise<boolean> {
    const { hands, histories } = this.#custodian
    // It may be back before that is confirmed.
    histories.givenBack(this.hand.sequence)
    return await hands.giveBack(this.hand, 0)
  }

  #thrown(reason: unknown): ThrownJson {
    return thrownToJson(reason, this.#custodian.keepStacks)
  }
}
