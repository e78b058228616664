import { type Msg, type MsgHdrs, MsgHdrsImpl } from '@nats-io/nats-core'
import { checkHeaders } from './durable-options.ts'

/** The names of what travels with an item beside what its producer sends along. */
export const HEADER = {
  messageId: 'Nats-Msg-Id',
  key: 'Kanban-Key',
  tenant: 'Kanban-Tenant',
  deadline: 'Kanban-Deadline',
  /** The item was written as bytes, not as text. */
  bytes: 'Kanban-Bytes',
  errors: 'Kanban-Errors',
  redrives: 'Kanban-Redrives',
  attempts: 'Kanban-Attempts',
  class: 'Kanban-Class',
  createdAt: 'Kanban-Created-At',
} as const

const RESERVED = /^(?:nats|kanban)-/i
/** What a header of NATS may be called, without the colon. */
const NAME = /^[!-9;-~]+$/

/** What comes with an item. */
export interface Envelope {
  readonly key: string | undefined
  readonly tenant: string | undefined
  /** When it is too late to hand it out, in ms since 1970. */
  readonly deadlineAt: number | undefined
  /** How often it was sent back from the dead letters. */
  readonly redrives: number
  /** What attempts before a redrive failed with, as JSON. */
  readonly errors: string | undefined
  readonly isBytes: boolean
  readonly headers: Readonly<Record<string, string>>
}

type Fields = Record<string, string>

/** @throws {TypeError | RangeError} when NATS can't carry one of the producer's headers. */
export function checkNatsHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of checkHeaders(headers)) {
    if (!NAME.test(name) || RESERVED.test(name))
      throw new RangeError(
        `headers must have names of visible ASCII without ":" that don't begin with "Nats-" or "Kanban-", got "${name}"`,
      )
    if (/[\r\n]/.test(value) || value.trim() !== value)
      throw new RangeError(`headers["${name}"] must be one line without space at its ends`)
  }
}

/** The headers of a message. Keys and tenants may have any characters, headers of NATS may not. */
export function sealed(envelope: Partial<Envelope>, fields: Fields): MsgHdrs {
  const record: Fields = { ...envelope.headers, ...fields }
  const { key, tenant, deadlineAt, redrives, errors, isBytes } = envelope
  if (key !== undefined) record[HEADER.key] = encodeURIComponent(key)
  if (tenant !== undefined) record[HEADER.tenant] = encodeURIComponent(tenant)
  if (deadlineAt !== undefined) record[HEADER.deadline] = String(deadlineAt)
  if (redrives) record[HEADER.redrives] = String(redrives)
  if (errors !== undefined) record[HEADER.errors] = errors
  if (isBytes === true) record[HEADER.bytes] = '1'
  return MsgHdrsImpl.fromRecord(Object.fromEntries(Object.entries(record).map(([name, value]) => [name, [value]])))
}

/** What a message says about its item. Messages that something else published have no headers of ours. */
export function opened(headers: MsgHdrs | undefined): Envelope {
  const ours: Fields = {}
  const theirs: Fields = {}
  if (headers) for (const [name, [value = '']] of headers) (RESERVED.test(name) ? ours : theirs)[name] = value
  const deadlineAt = Number(ours[HEADER.deadline] ?? Number.NaN)
  return {
    key: decoded(ours[HEADER.key]),
    tenant: decoded(ours[HEADER.tenant]),
    deadlineAt: Number.isFinite(deadlineAt) ? deadlineAt : undefined,
    redrives: numberIn(ours[HEADER.redrives]),
    errors: ours[HEADER.errors],
    isBytes: ours[HEADER.bytes] !== undefined,
    headers: theirs,
  }
}

/** One of our own headers, as a number; 0 when it is not there. */
export function numberIn(text: string | undefined): number {
  const value = Number(text ?? '0')
  return Number.isFinite(value) ? value : 0
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    // Somebody else wrote it.
    return text
  }
}

/** Which delivery of which message it is. */
export interface Delivery {
  readonly sequence: number
  /** How often the server has handed it out, this time included. */
  readonly deliveries: number
  /** When it was put in, in ms since 1970. */
  readonly createdAt: number
  /** How many more of the class had not been handed out. */
  readonly pending: number
}

const PARTS_BEFORE_2_10 = 9
const NANOS = 1e6

/**
 * Read from where the acknowledgement goes:
 * `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>`.
 */
export function deliveryOf({ reply = '' }: Pick<Msg, 'reply'>): Delivery | undefined {
  const parts = reply.split('.')
  if (parts[0] !== '$JS' || parts[1] !== 'ACK') return undefined
  const first = parts.length === PARTS_BEFORE_2_10 ? 4 : 6
  return {
    deliveries: Number(parts[first]),
    sequence: Number(parts[first + 1]),
    createdAt: Math.floor(Number(parts[first + 3]) / NANOS),
    pending: Number(parts[first + 4]),
  }
}
