/** The labels of a series, such as `{ host: 'web-1' }`. */
export type Tags = Readonly<Record<string, string>>

/** One measured value, as people and JSON see it. Inside, samples travel in columns: see {@link SampleBatch}. */
export interface Sample {
  readonly name: string
  /** Any number but NaN, which says that nothing was measured. */
  readonly value: number
  /** Whole ms since 1970. */
  readonly timestampMs: number
  readonly tags: Tags
}

/** A name with its tags: whatever has the same ones is the same series. */
export interface Series {
  /** Its place in the {@link SeriesTable} of this process, from 0, without gaps. */
  readonly id: number
  /** The text that stands for it, see {@link seriesKey}. */
  readonly key: string
  readonly name: string
  readonly tags: Tags
}

/** Samples in columns: row `i` is `values[i]` of series `series[i]` at `timestamps[i]`. Never changed after it was made. */
export interface SampleBatch {
  readonly length: number
  /** Ids of the {@link SeriesTable}. */
  readonly series: Uint32Array
  /** Whole ms since 1970. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

/** The tags of whatever has none. */
export const NO_TAGS: Tags = Object.freeze({})

/** `cpu_usage{host="web-1",region="eu"}`: tags in the order of their names, as Prometheus writes a series. */
export function seriesKey(name: string, tags: Tags): string {
  const names = Object.keys(tags)
  if (names.length === 0) return name
  if (names.length > 1) names.sort()
  let key = `${name}{`
  for (const [index, tag] of names.entries()) key += `${index === 0 ? '' : ','}${tag}=${JSON.stringify(tags[tag])}`
  return `${key}}`
}
