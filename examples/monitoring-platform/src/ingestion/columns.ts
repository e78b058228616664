import { NO_TAGS, type Tags } from '../sample.ts'
import type { BatchBuilder } from './batch-builder.ts'
import { SampleRefusedError, type TimeBounds, judgeName, judgeTime, readTags, readValue } from './rules.ts'

const PROPERTIES: ReadonlySet<string> = new Set(['name', 'tags', 'timestamps', 'values'])

/** Thrown for columns that don't fit together. */
export class ColumnsError extends Error {
  override readonly name = 'ColumnsError'
  readonly code = 'ERR_COLUMNS'
}

/**
 * Reads samples in columns: `{"columns":{"name":"cpu_usage","tags":{…},"timestamps":[…],"values":[…]}}`, or an array of such
 * columns, one for each series.
 * @throws {ColumnsError} @throws {SampleRefusedError}
 */
export function readColumns(columns: unknown, builder: BatchBuilder, bounds: TimeBounds, idOf: IdOf): void {
  const first = builder.count
  for (const [index, block] of (Array.isArray(columns) ? columns : [columns]).entries())
    readBlock(block, `columns ${index}`, first, builder, bounds, idOf)
}

/** The number of a series that is known, else `undefined`. */
export type IdOf = (name: string, tags: Tags) => number | undefined

function readBlock(
  block: unknown,
  what: string,
  first: number,
  builder: BatchBuilder,
  bounds: TimeBounds,
  idOf: IdOf,
): void {
  if (typeof block !== 'object' || block === null) throw new ColumnsError(`${what}: they must be an object`)
  const { name, tags, timestamps, values } = block as Readonly<Record<string, unknown>>
  for (const property of Object.keys(block))
    if (!PROPERTIES.has(property))
      throw new ColumnsError(
        `${what}: ${JSON.stringify(property)} is not known: there are name, tags, timestamps and values`,
      )
  const wrongName = judgeName(name)
  if (wrongName !== undefined) throw new ColumnsError(`${what}: ${wrongName}`)
  const read = tagsOf(tags, what)
  if (!Array.isArray(values)) throw new ColumnsError(`${what}: values must be an array`)
  if (timestamps !== undefined && (!Array.isArray(timestamps) || timestamps.length !== values.length))
    throw new ColumnsError(`${what}: timestamps must be an array as long as values, which has ${values.length}`)
  const times = timestamps as readonly unknown[] | undefined
  const id = idOf(name as string, read)
  for (let row = 0; row < values.length; row++) {
    const raw: unknown = values[row]
    const value = typeof raw === 'number' ? raw : readValue(raw)
    if (value === undefined)
      throw new SampleRefusedError(builder.count - first, 'value must be a number, or "NaN", "+Inf" or "-Inf"')
    const time = times ? times[row] : bounds.nowMs
    if (!(typeof time === 'number' && time >= bounds.fromMs && time <= bounds.toMs && Number.isInteger(time)))
      throw new SampleRefusedError(builder.count - first, judgeTime(time, bounds) ?? 'timestamp is wrong')
    if (id === undefined) builder.addNamed(name as string, read, time, value)
    else builder.add(id, time, value)
  }
}

function tagsOf(tags: unknown, what: string): Tags {
  if (tags === undefined) return NO_TAGS
  try {
    return readTags(tags)
  } catch (error) {
    throw new ColumnsError(`${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
