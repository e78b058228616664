import {
  type Clock,
  type ListenerErrorHandler,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  checkOneOf,
  printListenerError,
  systemClock,
} from '@tps/internal'
import type { Metric } from './comparison.ts'

/** How a difference is judged. */
export interface ComparisonOptions {
  /** What the comparison is called in the report. Default "experiment". */
  readonly name?: string | undefined
  /** What is compared. A quantile is above 0 and below 1. Default the mean. */
  readonly metric?: Metric | undefined
  /** Which way is better. Default "lower", as for durations. */
  readonly better?: 'lower' | 'higher' | undefined
  /** Of the interval and of both tests, from 0.5 to 0.9999. Default 0.95. */
  readonly confidence?: number | undefined
  /** The change that doesn't matter to you, as a share, above 0 and at most 1. Default 0.01, which is 1 %. */
  readonly equivalenceRatio?: number | undefined
  /**
   * How many values of each variant it takes to say anything, at least 20. Default 100, and for a quantile as many as
   * put ten beyond it: 1000 for p99.
   */
  readonly minValues?: number | undefined
}

/** What an `Experiment` is made with. Checked and copied once. */
export interface ExperimentOptions<V extends string = string> extends ComparisonOptions {
  /** The variants: first what there is, then what might be better. Default "control" and "treatment". */
  readonly variants?: readonly [baseline: V, candidate: V] | undefined
  /**
   * How long a variant's turn is, in ms, from 1 to a day. Short against what disturbs you, long against what a request
   * takes. Two turns are a block, in random order. Default 1000.
   */
  readonly sliceMs?: number | undefined
  /**
   * How much of the beginning of a turn doesn't count, in ms, below `sliceMs`: what the other variant left in caches and
   * queues. Default 0.
   */
  readonly washoutMs?: number | undefined
  /** An integer that fixes the order of turns, 0 or more. Default made from `name`. */
  readonly seed?: number | undefined
  /** How many blocks with values of both variants it takes to say anything, from 10. Default 20. */
  readonly minBlocks?: number | undefined
  /** Monotonic time. Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Receives what a listener threw. Default: prints it with `console.error`. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** `ComparisonOptions`, checked. */
export interface CheckedComparison {
  readonly name: string
  readonly metric: Metric
  readonly better: 'lower' | 'higher'
  readonly confidence: number
  readonly equivalenceRatio: number
  readonly minValues: number
}

/** `ExperimentOptions`, checked. */
export interface CheckedExperiment<V extends string> {
  readonly comparison: CheckedComparison
  readonly variants: readonly [V, V]
  readonly sliceMs: number
  readonly washoutMs: number
  readonly seed: number
  readonly minBlocks: number
  readonly clock: Clock
  readonly onListenerError: ListenerErrorHandler
}

export function checkComparison(options: ComparisonOptions): CheckedComparison {
  checkObject('options', options)
  const { name = 'experiment', better = 'lower', confidence = 0.95, equivalenceRatio = 0.01 } = options
  const metric = checkMetric(options.metric)
  const { minValues = metric === 'mean' ? 100 : Math.max(100, Math.ceil(10 / (1 - metric.quantile) - 1e-6)) } = options
  return {
    name: checkName('name', name),
    metric,
    better: checkOneOf('better', better, ['lower', 'higher']),
    confidence: checkNumber('confidence', confidence, { min: 0.5, max: 0.9999 }),
    equivalenceRatio: checkNumber('equivalenceRatio', equivalenceRatio, { above: 0, max: 1 }),
    minValues: checkInteger('minValues', minValues, { min: 20 }),
  }
}

export function checkExperiment<V extends string>(options: ExperimentOptions<V>): CheckedExperiment<V> {
  const comparison = checkComparison(options)
  const { variants = ['control', 'treatment'] as unknown as readonly [V, V], sliceMs = 1000, washoutMs = 0 } = options
  const { minBlocks = 20, clock = systemClock, onListenerError = printListenerError } = options
  const { seed = hash(comparison.name) } = options
  if (!Array.isArray(variants) || variants.length !== 2) throw new TypeError('variants must be two strings')
  for (const variant of variants) checkName('variants', variant)
  if (variants[0] === variants[1]) throw new RangeError(`variants must be different, got "${variants[0]}" twice`)
  checkNumber('sliceMs', sliceMs, { min: 1, max: 86_400_000 })
  return {
    comparison,
    variants: [variants[0], variants[1]],
    sliceMs,
    washoutMs: checkNumber('washoutMs', washoutMs, { min: 0, below: sliceMs }),
    seed: checkInteger('seed', seed, { min: 0 }),
    minBlocks: checkInteger('minBlocks', minBlocks, { min: 10 }),
    clock: checkObject('clock', clock, ['now']),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}

function checkMetric(metric: Metric = 'mean'): Metric {
  if (typeof metric === 'string') return checkOneOf('metric', metric, ['mean'])
  checkObject('metric', metric)
  return { quantile: checkNumber('metric.quantile', metric.quantile, { above: 0, below: 1 }) }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}
