import type { Msg } from '@nats-io/nats-core'
import { TooManyDeliveriesError } from './errors.ts'
import type { Codec } from './item-codec.ts'
import { type Custodian, Custody } from './nats-custody.ts'
import { type Delivery, opened } from './nats-envelope.ts'
import { JetStreamLease } from './nats-lease.ts'

/** What becomes of messages that are not handed out. */
export interface ReceptionOwner<T> {
  readonly custodian: Custodian<T>
  readonly codec: Codec<T>
  readonly maxDeliveries: number
  /** A message that arrives now was sent no earlier than this, by the clock. */
  sentMs(): number
  handedOut(): void
  expired(): void
  poisoned(): void
  unreadable(id: number, error: unknown): void
  failed(error: unknown): void
}

/** Makes leases of messages. What is too late, was handed out too often or can't be read leaves the queue here. */
export class Reception<T> {
  readonly #owner: ReceptionOwner<T>

  constructor(owner: ReceptionOwner<T>) {
    this.#owner = owner
  }

  /** `undefined` when nobody is to work on it. */
  receive(className: string, message: Msg, delivery: Delivery): JetStreamLease<T> | undefined {
    const owner = this.#owner
    const { custodian, codec, maxDeliveries } = owner
    const { hands, histories, name } = custodian
    const { sequence, createdAt } = delivery
    const hand = hands.take(message.reply ?? '', className, sequence, owner.sentMs())
    // It was under way for so long that the server will hand it out again.
    if (!hand) return undefined
    const envelope = opened(message.headers)
    const attempt = histories.attempt(sequence, delivery.deliveries)
    const custody = new Custody(custodian, hand, className, attempt, message, envelope, delivery)
    if (envelope.deadlineAt !== undefined && envelope.deadlineAt <= Date.now())
      return this.#away(custody.discard(), () => owner.expired())
    if (attempt > maxDeliveries)
      return this.#away(custody.bury(new TooManyDeliveriesError(name, maxDeliveries)), () => owner.poisoned())
    try {
      const item = codec.decode(envelope.isBytes ? message.data : message.string())
      const { key, tenant, headers } = envelope
      const lease = new JetStreamLease(custody, item, {
        id: sequence,
        attempt,
        class: className,
        key,
        tenant,
        headers,
        createdAt,
      })
      owner.handedOut()
      return lease
    } catch (error) {
      return this.#away(custody.bury(error), () => owner.unreadable(sequence, error))
    }
  }

  /** If it does not leave, its lease runs out and it is tried again. */
  #away(leaving: Promise<boolean>, count: () => void): undefined {
    leaving.then(
      (isGone) => void (isGone && count()),
      (error: unknown) => this.#owner.failed(error),
    )
    return undefined
  }
}
