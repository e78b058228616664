import {
  type ListenerErrorHandler,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  checkOneOf,
  printListenerError,
} from '@tps/internal'
import { type DurationEstimator, averageEstimator, quantileEstimator } from './duration-estimator.ts'

export type DurationClass = 'fast' | 'slow'

/** How the next duration of a key is predicted from its latest. */
export type Prediction =
  | {
      /** A quantile of the last ones, by nearest rank. */
      readonly kind: 'quantile'
      /** In (0, 1]. The higher, the fewer slow ones it takes to make a key slow. Default 0.9. */
      readonly quantile?: number
      /** How many it looks back on: 1 to 1000. A record costs O(samples), and they are kept. Default 16. */
      readonly samples?: number
    }
  | {
      /** An exponentially weighted moving average. */
      readonly kind: 'ewma'
      /** The share of the newest, in (0, 1]. Default 0.2. */
      readonly newestRatio?: number
    }

/** What a `DurationClassifier` is made with. */
export interface DurationClassifierOptions {
  /** What it is called on boards and in messages. Not empty. Default `'durations'`. */
  readonly name?: string
  /** The longest that fast work is expected to take, in ms, above 0. A key predicted to take longer becomes slow. */
  readonly slowMs: number
  /**
   * A slow key becomes fast again when it is predicted to take at most this, in ms, in (0, slowMs], and `recovery` is met.
   * The distance to `slowMs` keeps a key between the two from going to and fro. Default half of `slowMs`.
   */
  readonly fastMs?: number
  /** How many durations of at most `fastMs` in a row a slow key needs to become fast again: at least 1. Default 3. */
  readonly recovery?: number
  /** How durations are predicted. Default `{ kind: 'quantile', quantile: 0.9, samples: 16 }`. */
  readonly predictBy?: Prediction
  /** The class of keys of which nothing is known. Default `'fast'`. */
  readonly unknown?: DurationClass
  /** How many durations it takes to know a key: at least 1, and at most `samples`. Default 1. */
  readonly minimumSamples?: number
  /**
   * How many keys are kept: 1 to 10,000,000. A new one beyond that takes the place of one that was neither recorded nor
   * asked for lately, which is then unknown; `evicted` counts those. Default 10000.
   */
  readonly maxKeys?: number
  /** Receives what a listener threw, with the name of the event. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler
}

/** The options of a classifier, checked and complete. */
export interface DurationClassifierSettings extends Required<Omit<DurationClassifierOptions, 'predictBy'>> {
  readonly estimator: DurationEstimator
}

export function durationClassifierSettings(options: DurationClassifierOptions): DurationClassifierSettings {
  const {
    name = 'durations',
    slowMs,
    fastMs = slowMs / 2,
    recovery = 3,
    predictBy = { kind: 'quantile' },
    unknown = 'fast',
    minimumSamples = 1,
    maxKeys = 10_000,
    onListenerError = printListenerError,
  } = checkObject('options', options)
  checkNumber('slowMs', slowMs, { above: 0 })
  const estimator = estimatorOf(predictBy)
  return {
    name: checkName('name', name),
    slowMs,
    fastMs: checkNumber('fastMs', fastMs, { above: 0, max: slowMs }),
    recovery: checkInteger('recovery', recovery, { min: 1 }),
    estimator,
    unknown: checkOneOf('unknown', unknown, ['fast', 'slow']),
    minimumSamples: checkInteger('minimumSamples', minimumSamples, {
      min: 1,
      ...(Number.isFinite(estimator.samples) && { max: estimator.samples }),
    }),
    maxKeys: checkInteger('maxKeys', maxKeys, { min: 1, max: 10_000_000 }),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}

function estimatorOf(predictBy: Prediction): DurationEstimator {
  checkObject('predictBy', predictBy)
  checkOneOf('predictBy.kind', predictBy.kind, ['quantile', 'ewma'])
  if (predictBy.kind === 'ewma') {
    const { newestRatio = 0.2 } = predictBy
    return averageEstimator(checkNumber('predictBy.newestRatio', newestRatio, { above: 0, max: 1 }))
  }
  const { quantile = 0.9, samples = 16 } = predictBy
  return quantileEstimator(
    checkNumber('predictBy.quantile', quantile, { above: 0, max: 1 }),
    checkInteger('predictBy.samples', samples, { min: 1, max: 1000 }),
  )
}
