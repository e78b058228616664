import type { ConsumerConfig, JetStreamManager, StreamConfig } from '@nats-io/jetstream'
import { JetStreamQueueError, queueErrorOf } from './nats-errors.ts'
import type { Names } from './nats-names.ts'
import type { CheckedJetStreamOptions } from './nats-options.ts'
import { type JetStreamServer, needFeature } from './nats-server.ts'

const NANOS = 1e6
/** How much longer than `leaseMs` the server waits, as a factor: who holds a lease gives up before the item can be in other hands. */
export const ACK_WAIT_FACTOR = 1.2
/** How much higher than ours the server's bound of deliveries is: ours comes first, and leaves a dead letter. */
const DELIVERIES_SLACK = 2
/** How many waits for work a consumer keeps, of all processes together. */
const MAX_WAITING = 16_384
/** No item is as small as this, in bytes: a stream that takes nothing larger is closed for the moment. */
const CLOSED_SIZE = 1
const LIMITS = ['max_msgs', 'max_bytes'] as const
const ADVISORIES_KEPT = 10_000
const CONSUMER_NOT_FOUND = 10_014
const STREAM_NOT_FOUND = 10_059
/** The consumer that reads the server's advisories, in all processes together. */
export const BACKSTOP = 'backstop'
const BACKSTOP_WAIT_MS = 30_000

type Options = Omit<CheckedJetStreamOptions<unknown>, 'codec' | 'dedupBy'>

/** Makes the streams and consumers of a queue, or brings them up to its options. */
export class Setup {
  readonly #manager: JetStreamManager
  readonly #names: Names
  readonly #options: Options
  readonly #server: JetStreamServer

  constructor(manager: JetStreamManager, names: Names, options: Options, server: JetStreamServer) {
    this.#manager = manager
    this.#names = names
    this.#options = options
    this.#server = server
  }

  /** @throws {JetStreamQueueError} */
  async all(): Promise<void> {
    const { name, compression, classes } = this.#options
    if (compression) needFeature(this.#server, 'compression', name)
    try {
      await this.#stream(this.#itemStream())
      await Promise.all([this.#stream(this.#deadStream()), this.#stream(this.#advisoryStream())])
      await Promise.all([...classes.map((each) => this.consumer(each)), this.backstop()])
    } catch (error) {
      throw queueErrorOf(error, name)
    }
  }

  /** Makes the consumer of a class, or brings it up to the options. `true` when it was not there. */
  consumer(className: string): Promise<boolean> {
    const { leaseMs, maxDeliveries, maxInProgress } = this.#options
    return this.#consumer(this.#names.stream, {
      durable_name: className,
      filter_subject: this.#names.subject(className),
      ack_policy: 'explicit',
      ack_wait: Math.ceil(leaseMs * ACK_WAIT_FACTOR) * NANOS,
      max_deliver: orUnlimited(maxDeliveries + DELIVERIES_SLACK),
      max_ack_pending: orUnlimited(maxInProgress),
      max_waiting: MAX_WAITING,
    })
  }

  /** Makes the consumer of the advisories. `true` when it was not there. */
  backstop(): Promise<boolean> {
    return this.#consumer(this.#names.advisoryStream, {
      durable_name: BACKSTOP,
      ack_policy: 'explicit',
      ack_wait: BACKSTOP_WAIT_MS * NANOS,
    })
  }

  #itemStream(): Partial<StreamConfig> & { name: string } {
    const { capacity, maxBytes, dedupWindowMs } = this.#options
    return {
      ...this.#shared(),
      name: this.#names.stream,
      subjects: [this.#names.subjects],
      retention: 'workqueue',
      discard: 'new',
      max_msgs: orUnlimited(capacity),
      max_bytes: orUnlimited(maxBytes),
      max_msg_size: -1,
      duplicate_window: Math.ceil(dedupWindowMs) * NANOS,
    }
  }

  #deadStream(): Partial<StreamConfig> & { name: string } {
    const { deadLetterCapacity, dedupWindowMs } = this.#options
    return {
      ...this.#shared(),
      name: this.#names.deadStream,
      subjects: [this.#names.deadSubject],
      retention: 'limits',
      discard: 'old',
      max_msgs: deadLetterCapacity,
      duplicate_window: Math.ceil(dedupWindowMs) * NANOS,
    }
  }

  #advisoryStream(): Partial<StreamConfig> & { name: string } {
    return {
      ...this.#shared(),
      name: this.#names.advisoryStream,
      subjects: [...this.#names.advisorySubjects],
      retention: 'limits',
      discard: 'old',
      max_msgs: ADVISORIES_KEPT,
    }
  }

  #shared(): Partial<StreamConfig> {
    const { storage, replicas, compression } = this.#options
    const hasMarks = !this.#server.lacks.some(({ name }) => name === 'metadata')
    return {
      storage,
      num_replicas: replicas,
      ...(compression && { compression: 's2' }),
      ...(hasMarks && { metadata: { 'tps-kanban': '1' } }),
    }
  }

  async #stream(wanted: Partial<StreamConfig> & { name: string }): Promise<void> {
    const { streams } = this.#manager
    const existing = await orUndefined(streams.info(wanted.name), STREAM_NOT_FOUND)
    if (!existing) {
      await streams.add(wanted)
      return
    }
    const { config } = existing
    for (const field of ['retention', 'storage', 'discard'] as const)
      if (config[field] !== wanted[field]) throw this.#foreign(wanted.name, field, config[field], wanted[field])
    if (!isSame(config.subjects, wanted.subjects))
      throw this.#foreign(wanted.name, 'subjects', config.subjects.join(', '), wanted.subjects?.join(', '))
    if (!differs(config, wanted)) return
    const isSmaller = LIMITS.some((limit) => isLower(wanted[limit] ?? -1, config[limit]))
    if (wanted.discard === 'new' && isSmaller) await this.#shrink({ ...config, ...wanted })
    else await streams.update(wanted.name, { ...config, ...wanted })
  }

  /**
   * A server that is told to keep less than it has drops the oldest, whatever its stream says about discarding. So nothing may
   * come in between a look at how much there is and the new limits: for that moment every message is too large.
   */
  async #shrink(wanted: StreamConfig): Promise<void> {
    const { streams } = this.#manager
    const { max_msgs: messages, max_bytes: bytes, ...rest } = (await streams.info(wanted.name)).config
    await streams.update(wanted.name, { ...rest, max_msgs: messages, max_bytes: bytes, max_msg_size: CLOSED_SIZE })
    const { state } = await streams.info(wanted.name)
    await streams.update(wanted.name, {
      ...wanted,
      max_msgs: wanted.max_msgs < 0 ? -1 : Math.max(wanted.max_msgs, state.messages),
      max_bytes: wanted.max_bytes < 0 ? -1 : Math.max(wanted.max_bytes, state.bytes),
    })
  }

  #foreign(stream: string, field: string, is: string, wanted: string | undefined): JetStreamQueueError {
    return new JetStreamQueueError(
      'ERR_STORAGE_FOREIGN',
      this.#options.name,
      `there is a stream "${stream}" whose ${field} is ${is} instead of ${wanted}: choose another name, or delete that stream`,
    )
  }

  async #consumer(stream: string, wanted: Partial<ConsumerConfig> & { durable_name: string }): Promise<boolean> {
    const { consumers } = this.#manager
    const existing = await orUndefined(consumers.info(stream, wanted.durable_name), CONSUMER_NOT_FOUND)
    if (!existing) await consumers.add(stream, wanted)
    else if (differs(existing.config, wanted)) await consumers.update(stream, wanted.durable_name, wanted)
    return !existing
  }
}

/** Of two limits; negative is none. */
function isLower(limit: number, than: number): boolean {
  return limit >= 0 && (than < 0 || limit < than)
}

function orUnlimited(value: number): number {
  return Number.isFinite(value) ? value : -1
}

function isSame(some: readonly string[], others: readonly string[] | undefined): boolean {
  return some.toSorted().join(' ') === others?.toSorted().join(' ')
}

/** Whether something that is wanted is otherwise. Servers add fields of their own. */
function differs(config: object, wanted: object): boolean {
  return Object.entries(wanted).some(([key, value]) => {
    const is: unknown = Reflect.get(config, key)
    return typeof value === 'object' ? !holds(is, value as object) : is !== value
  })
}

function holds(is: unknown, wanted: object): boolean {
  if (Array.isArray(wanted)) return Array.isArray(is) && isSame(is as string[], wanted as string[])
  return Object.entries(wanted).every(
    ([key, value]) => typeof is === 'object' && is !== null && Reflect.get(is, key) === value,
  )
}

/** What is asked for, or `undefined` when JetStream says that it is not there. */
export async function orUndefined<V>(asked: Promise<V>, notFound: number): Promise<V | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === notFound) return undefined
    throw error
  }
}
