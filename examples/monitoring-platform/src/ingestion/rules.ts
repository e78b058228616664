import { specialNumber } from '../json-number.ts'
import { NO_TAGS, type Tags } from '../sample.ts'

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:./-]*$/
const TAG = /^[a-zA-Z_][a-zA-Z0-9_./-]*$/
const MAX_NAME = 256
const MAX_TAGS = 64
const MAX_TAG_VALUE = 1_024
const PROPERTIES: ReadonlySet<string> = new Set(['name', 'value', 'timestamp', 'tags'])

/** Thrown for a sample that can't be accepted, and with it for all that came together with it. */
export class SampleRefusedError extends Error {
  override readonly name = 'SampleRefusedError'
  readonly code = 'ERR_SAMPLE_REFUSED'
  /** The place of the sample among those that came together, from 0. */
  readonly index: number
  readonly reason: string

  constructor(index: number, reason: string) {
    super(`sample ${index}: ${reason}`)
    this.index = index
    this.reason = reason
  }
}

/** Which times are accepted. Both ends belong to it. */
export interface TimeBounds {
  readonly fromMs: number
  readonly toMs: number
  /** What a sample without a time gets. */
  readonly nowMs: number
}

/** What is wrong with a name; `undefined` when nothing is. */
export function judgeName(name: unknown): string | undefined {
  if (name === undefined) return 'it has no name'
  if (typeof name !== 'string') return 'name must be a text'
  if (name.length > MAX_NAME) return `name must not be longer than ${MAX_NAME} characters`
  return NAME.test(name) ? undefined : `name must match ${NAME.source}, got ${quote(name)}`
}

/** The tags without those that are empty, which is the same as not being there. @throws {Error} that says what is wrong. */
export function readTags(tags: unknown): Tags {
  if (tags === undefined) return NO_TAGS
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags))
    throw new TypeError('tags must be an object of texts')
  const entries = Object.entries(tags as Record<string, unknown>)
  if (entries.length > MAX_TAGS) throw new RangeError(`there must not be more than ${MAX_TAGS} tags`)
  for (const [tag, value] of entries) {
    if (!TAG.test(tag) || tag === '__name__' || tag === '__proto__')
      throw new RangeError(`tags must match ${TAG.source}, got ${quote(tag)}`)
    if (typeof value !== 'string') throw new TypeError(`tag ${tag} must be a text`)
    if (value.length > MAX_TAG_VALUE)
      throw new RangeError(`tag ${tag} must not be longer than ${MAX_TAG_VALUE} characters`)
  }
  const kept = entries.filter(([, value]) => value !== '')
  return kept.length === 0 ? NO_TAGS : (Object.fromEntries(kept) as Tags)
}

/** The value; `undefined` for what is none. NaN is a value here: that nothing was measured. */
export function readValue(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? specialNumber(value) : undefined
}

/** What is wrong with a time; `undefined` when nothing is. */
export function judgeTime(timestamp: unknown, { fromMs, toMs }: TimeBounds): string | undefined {
  if (typeof timestamp !== 'number' || !Number.isInteger(timestamp))
    return 'timestamp must be a whole number of ms since 1970'
  if (timestamp < fromMs) return `timestamp ${timestamp} is older than what is kept, which begins at ${fromMs}`
  return timestamp > toMs ? `timestamp ${timestamp} is too far in the future, after ${toMs}` : undefined
}

/** One sample as JSON gave it. */
export interface RawSample {
  readonly name: string
  readonly tags: Tags
  readonly value: number
  readonly timestampMs: number
}

/** @throws {SampleRefusedError} */
export function readSample(raw: unknown, index: number, bounds: TimeBounds): RawSample {
  const refuse = (reason: string): never => {
    throw new SampleRefusedError(index, reason)
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return refuse('it must be an object such as {"name":"cpu_usage","value":85}')
  const { name, value, timestamp = bounds.nowMs, tags } = raw as Readonly<Record<string, unknown>>
  for (const property of Object.keys(raw))
    if (!PROPERTIES.has(property)) refuse(`${quote(property)} is not known: there are name, value, timestamp and tags`)
  const wrongName = judgeName(name)
  if (wrongName !== undefined) refuse(wrongName)
  const number = readValue(value)
  if (number === undefined)
    refuse(value === undefined ? 'it has no value' : 'value must be a number, or "NaN", "+Inf" or "-Inf"')
  const wrongTime = judgeTime(timestamp, bounds)
  if (wrongTime !== undefined) refuse(wrongTime)
  try {
    return { name: name as string, tags: readTags(tags), value: number as number, timestampMs: timestamp as number }
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 50 ? `${text.slice(0, 50)}…` : text)
}
