import { checkNumber } from '@tps/internal'
import { type HistogramFamily, checkFamily } from './prometheus-family.ts'
import type { HistogramSource } from './histogram-source.ts'

/** Classic histograms of one name. */
export interface ClassicHistogramFamily extends HistogramFamily {
  /** Upper bounds of the buckets, inclusive, ascending, greater than 0, in the trackers' unit. +Inf is added. */
  readonly bounds: readonly number[]
}

/**
 * Writes trackers as classic Prometheus histograms, in the text format 0.0.4. Buckets are cumulative.
 *
 * A bound lies within one of the tracker's buckets: what shares that bucket counts as at most the bound, so a value may
 * be up to 1.1 % above it. Powers of two are bounds of the tracker's own, and exact.
 * @throws TypeError when a tracker has a window: such counts fall, and Prometheus takes that for a restart. Keep one
 * tracker without a window to be scraped.
 * @throws TypeError or RangeError when a name, a label or a bound is not what it must be.
 */
export function classicHistograms(families: Iterable<ClassicHistogramFamily>): string {
  let text = ''
  for (const family of families) {
    const { name, help, series } = checkFamily(family, ['le'])
    const bounds = checkBounds(family.bounds)
    if (help !== '') text += `# HELP ${name} ${escape(help)}\n`
    text += `# TYPE ${name} histogram\n`
    for (const { tracker, labels } of series) {
      if (tracker.windowMs !== undefined)
        throw new TypeError(`tracker must have no window, got one of ${tracker.windowMs} ms in ${name}`)
      const own = labels.map(([label, value]) => `${label}="${escape(value).replaceAll('"', String.raw`\"`)}"`)
      const { atMost, count } = cumulate(tracker, bounds)
      for (const [index, bound] of [...bounds, '+Inf'].entries())
        text += `${name}_bucket{${[...own, `le="${bound}"`].join(',')}} ${atMost[index] ?? count}\n`
      const labelled = own.length > 0 ? `{${own.join(',')}}` : ''
      text += `${name}_sum${labelled} ${Number.isFinite(tracker.sum) ? tracker.sum : '+Inf'}\n`
      text += `${name}_count${labelled} ${count}\n`
    }
  }
  return text
}

function cumulate(tracker: HistogramSource, bounds: readonly number[]): { atMost: readonly number[]; count: number } {
  const atMost: number[] = []
  let [count, index] = [0, 0]
  for (const { lower, upper, count: held } of tracker.buckets()) {
    // Zeros are at most any bound; of collapsed values only their upper limit is known.
    const least = lower === 0 ? upper : lower
    while (index < bounds.length && least >= (bounds[index] as number) && upper !== bounds[index]) {
      atMost.push(count)
      index++
    }
    count += held
  }
  for (; index < bounds.length; index++) atMost.push(count)
  return { atMost, count }
}

function checkBounds(bounds: readonly number[]): readonly number[] {
  if (!Array.isArray(bounds)) throw new TypeError(`bounds must be an array of numbers, got ${typeof bounds}`)
  if (bounds.length === 0) throw new RangeError('bounds must not be empty')
  let previous = 0
  return bounds.map((bound: unknown) => (previous = checkNumber('bounds', bound, { above: previous })))
}

function escape(text: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`)
}
