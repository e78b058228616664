import { seriesKey } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import type { BatchBuilder } from './batch-builder.ts'
import { ColumnsError, readColumns } from './columns.ts'
import { KnownTexts } from './known-texts.ts'
import { PlainSample } from './plain-sample.ts'
import { SampleRefusedError, type TimeBounds, judgeTime, readSample } from './rules.ts'

/** Thrown for a body that is not what was expected. */
export class BodyError extends Error {
  override readonly name = 'BodyError'
  readonly code = 'ERR_BODY'
}

const EXPECTED = 'Send a sample such as {"name":"cpu_usage","value":85}, an array of them, or one on each line'
const [NEWLINE, RETURN, TAB, SPACE, COMMA, OPEN, OPEN_ARRAY, CLOSE_ARRAY] = [10, 13, 9, 32, 44, 123, 91, 93]
const [QUOTE, LETTER_C] = [34, 99]
const COLUMNS = /^\{\s*"columns"\s*:/

/**
 * Reads what `POST /metrics` gets. What it is shows at its beginning, whatever the content type says: `[` an array,
 * `{"columns"` columns, any other `{` one sample, or one on each line.
 */
export class BodyReader {
  readonly #table: SeriesTable
  readonly #known = new KnownTexts()
  readonly #plain = new PlainSample()
  /** How many samples the builder had before. */
  #first = 0

  constructor(table: SeriesTable) {
    this.#table = table
  }

  /**
   * Adds the samples of `body` to `builder`, all or none of them.
   * @throws {SampleRefusedError} {@link ColumnsError} {@link BodyError}
   */
  read(body: Uint8Array, builder: BatchBuilder, bounds: TimeBounds): void {
    const { length, ignored } = builder
    this.#first = builder.count
    try {
      if (this.#readUsual(body, builder, bounds)) return
      builder.truncate(length, ignored)
      this.#readWhole(body, builder, bounds)
    } catch (error) {
      builder.truncate(length, ignored)
      throw error
    }
  }

  /** The place of the next sample in its body. */
  #index(builder: BatchBuilder): number {
    return builder.count - this.#first
  }

  /** `false` when `JSON.parse` has to look at all of it. */
  #readUsual(body: Uint8Array, builder: BatchBuilder, bounds: TimeBounds): boolean {
    const at = skipSpace(body, 0)
    if (body[at] === OPEN_ARRAY) return this.#readArray(body, at + 1, builder, bounds)
    if (body[at] === OPEN) return !isColumns(body, at) && this.#readLines(body, at, builder, bounds)
    throw new BodyError(`The body is ${at === body.length ? 'empty' : 'not JSON'}. ${EXPECTED}.`)
  }

  /** `false` when there is something unusual in it. */
  #readArray(body: Uint8Array, at: number, builder: BatchBuilder, bounds: TimeBounds): boolean {
    at = skipSpace(body, at)
    if (body[at] === CLOSE_ARRAY) return skipSpace(body, at + 1) === body.length
    for (;;) {
      const end = this.#plain.read(body, at)
      if (end === -1) return false
      this.#add(body, at, end, builder, bounds)
      at = skipSpace(body, end)
      if (body[at] === CLOSE_ARRAY) return skipSpace(body, at + 1) === body.length
      if (body[at] !== COMMA) return false
      at = skipSpace(body, at + 1)
    }
  }

  /** `false` when the first line is not all of an object. */
  #readLines(body: Uint8Array, at: number, builder: BatchBuilder, bounds: TimeBounds): boolean {
    while (at < body.length) {
      let end = this.#plain.read(body, at)
      if (end !== -1 && isLineEnd(body, end)) this.#add(body, at, end, builder, bounds)
      else {
        const newline = body.indexOf(NEWLINE, at)
        end = newline === -1 ? body.length : newline
        const text = textOf(body, at, end)
        if (this.#index(builder) === 0 && !isJson(text)) return false
        const { name, tags, timestampMs, value } = readSample(
          parse(text, this.#index(builder)),
          this.#index(builder),
          bounds,
        )
        builder.addNamed(name, tags, timestampMs, value)
      }
      at = skipSpace(body, end)
    }
    return true
  }

  /** Adds what `#plain` has read. */
  #add(body: Uint8Array, at: number, end: number, builder: BatchBuilder, bounds: TimeBounds): void {
    const { hash, nameAt, nameLength, tagsAt, tagsLength, value, timestamp } = this.#plain
    const time = timestamp === -1 ? bounds.nowMs : timestamp
    const id = this.#known.find(hash, body, nameAt, nameLength, tagsAt, tagsLength)
    if (id !== -1) {
      if (time < bounds.fromMs || time > bounds.toMs)
        throw new SampleRefusedError(this.#index(builder), judgeTime(time, bounds) ?? 'timestamp is wrong')
      builder.add(id, time, value)
      return
    }
    const sample = readSample(parse(textOf(body, at, end), this.#index(builder)), this.#index(builder), bounds)
    builder.addNamed(sample.name, sample.tags, sample.timestampMs, sample.value)
    // Only what is in the table is remembered, or refused bodies would fill it.
    const known = this.#table.byKey(seriesKey(sample.name, sample.tags))
    if (known) this.#known.add(hash, body, nameAt, nameLength, tagsAt, tagsLength, known.id)
  }

  /** Whatever JSON it is. */
  #readWhole(body: Uint8Array, builder: BatchBuilder, bounds: TimeBounds): void {
    let raw: unknown
    try {
      raw = JSON.parse(textOf(body, 0, body.length))
    } catch (error) {
      throw new BodyError(
        `The body is not JSON: ${error instanceof Error ? error.message : String(error)}. ${EXPECTED}.`,
      )
    }
    if (typeof raw === 'object' && raw !== null && 'columns' in raw) {
      const others = Object.keys(raw).filter((property) => property !== 'columns')
      if (others.length > 0) throw new ColumnsError(`beside columns there must be nothing, got ${others.join(', ')}`)
      readColumns(raw.columns, builder, bounds, (name, tags) => this.#table.byKey(seriesKey(name, tags))?.id)
      return
    }
    for (const [index, one] of (Array.isArray(raw) ? raw : [raw]).entries()) {
      const { name, tags, timestampMs, value } = readSample(one, index, bounds)
      builder.addNamed(name, tags, timestampMs, value)
    }
  }
}

/** Whether it begins with `{"columns"`, spaces aside. */
function isColumns(body: Uint8Array, at: number): boolean {
  if (body[at + 1] === QUOTE && body[at + 2] !== LETTER_C) return false
  return COLUMNS.test(textOf(body, at, Math.min(body.length, at + 40)))
}

function skipSpace(bytes: Uint8Array, at: number): number {
  for (let byte = bytes[at]; byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB; byte = bytes[at])
    at++
  return at
}

function isLineEnd(bytes: Uint8Array, at: number): boolean {
  while (bytes[at] === SPACE || bytes[at] === RETURN || bytes[at] === TAB) at++
  return at === bytes.length || bytes[at] === NEWLINE
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function parse(text: string, index: number): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SampleRefusedError(index, 'it is not JSON')
  }
}
