import type { Part } from './attribution.ts'
import { finiteOrNull } from './snapshot.ts'
import { type StageSlice, slowestOf } from './stage-slice.ts'

/** What one stage contributes. `null` stands where there are no records. */
export interface StageShare<S extends string = string> {
  readonly stage: S | 'other' | 'untracked'
  /**
   * Mean time a record spends in this stage, over all records, those that did not pass it included. Time that stages
   * spend at the same moment is divided evenly, so that the means add up.
   */
  readonly mean: number | null
  /** Its part of the mean total, from 0 to 1; `null` when the total is 0. */
  readonly share: number | null
  /**
   * What it would save, on average: by how much a record would be shorter if this stage, and what is within it, took no
   * time. Less than it takes where others are at work at the same moment. These don't add up.
   */
  readonly saves: number | null
  /** As `mean`, over the slowest records alone. */
  readonly slowestMean: number | null
  /** As `share`, over the slowest records alone. */
  readonly slowestShare: number | null
  /** As `saves`, over the slowest records alone. */
  readonly slowestSaves: number | null
}

/** Readings of a `Breakdown`. What has no value when there are no records is `null`. */
export interface BreakdownSnapshot<S extends string = string> {
  readonly name: string
  /** How far back the readings go, in ms; `null` when nothing is forgotten. */
  readonly windowMs: number | null
  /** Valid records. */
  readonly count: number
  /** Records refused because a duration in them was none. */
  readonly invalid: number
  /** Mean time of a record in all stages together: the sum of the stages' means. */
  readonly mean: number | null
  /** How many records the readings of the slowest are taken from: as many as `slowest` says, or all. */
  readonly slowestCount: number
  /** Mean time of the slowest records: the sum of the stages' `slowestMean`. */
  readonly slowestMean: number | null
  /** In the order of `stages`, then of first use; "other" last. Stages that no record of the window passed are not in it. */
  readonly stages: readonly StageShare<S>[]
}

/** Sums over a set of records. */
interface Sums {
  readonly count: number
  readonly total: number
  readonly parts: ReadonlyMap<string, Part>
}

export function takeBreakdown<S extends string>(
  name: string,
  windowMs: number | undefined,
  slices: readonly StageSlice[],
  stages: readonly string[],
  slowestKept: number,
): BreakdownSnapshot<S> {
  const slow = slowestOf(slices, slowestKept)
  const all = sumsOf(
    slices.reduce((sum, { count }) => sum + count, 0),
    slices,
  )
  const slowest = sumsOf(slow.length, slow)
  return {
    name,
    windowMs: windowMs ?? null,
    count: all.count,
    invalid: slices.reduce((sum, { invalid }) => sum + invalid, 0),
    mean: finiteOrNull(all.total / all.count),
    slowestCount: slow.length,
    slowestMean: finiteOrNull(slowest.total / slowest.count),
    stages: stages.map((stage) => {
      const [mean, share, saves] = readings(all, stage)
      const [slowestMean, slowestShare, slowestSaves] = readings(slowest, stage)
      return { stage: stage as S, mean, share, saves, slowestMean, slowestShare, slowestSaves }
    }),
  }
}

function sumsOf(count: number, records: readonly { readonly parts: ReadonlyMap<string, Part> }[]): Sums {
  const parts = new Map<string, Part>()
  let total = 0
  for (const record of records)
    for (const [stage, { ms, saves }] of record.parts) {
      const before = parts.get(stage)
      parts.set(stage, { ms: (before?.ms ?? 0) + ms, saves: (before?.saves ?? 0) + saves })
      total += ms
    }
  return { count, total, parts }
}

function readings(
  { count, total, parts }: Sums,
  stage: string,
): readonly [number | null, number | null, number | null] {
  const { ms, saves } = parts.get(stage) ?? { ms: 0, saves: 0 }
  return [finiteOrNull(ms / count), finiteOrNull(ms / total), finiteOrNull(saves / count)]
}
