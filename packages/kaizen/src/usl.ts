import { checkNumber } from '@tps/internal'
import { type Fit, leastSquares } from './levenberg-marquardt.ts'
import { studentQuantile } from './probability.ts'

/** How much a system did, with how many at work: threads, workers, clients. */
export interface ThroughputPoint {
  /** How many were at work, at least 1. */
  readonly concurrency: number
  /** How much they did together, above 0, in any unit of time. */
  readonly throughput: number
}

/** An estimate and the interval it lies in. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** What the Universal Scalability Law makes of measurements: throughput(n) = λn / (1 + σ(n − 1) + κn(n − 1)). */
export interface UslFit {
  /** λ: what one alone does. */
  readonly perWorker: Interval
  /** σ: the share of the work that only one can do at a time. 0 or more. */
  readonly contention: Interval
  /** κ: what keeping each pair in agreement costs. 0 or more. */
  readonly coherency: Interval
  /**
   * n*: beyond this, more workers do less. `value` is `null` where κ is 0 and there is no such number; `high` is `null`
   * where the measurements can't rule that out.
   */
  readonly peakConcurrency: { readonly value: number | null; readonly low: number | null; readonly high: number | null }
  /** What is done at `peakConcurrency`; `null` where there is none. */
  readonly peakThroughput: Interval | null
  /** Standard deviation of throughput around the law, as a share. */
  readonly residualRatio: number
  readonly confidence: number
}

/**
 * Fits Gunther's Universal Scalability Law (Guerrilla Capacity Planning, 2007) to measured throughput, by least squares on
 * its logarithm, because noise is a share of what is measured. σ and κ are kept at 0 or more. Intervals are those of the
 * linearized model with Student's t: the peak is often known badly, above all when nothing was measured beyond it.
 * @throws TypeError or RangeError with fewer than 4 points, or fewer than 3 different numbers of workers.
 */
export function fitUsl(
  points: readonly ThroughputPoint[],
  options: { readonly confidence?: number | undefined } = {},
): UslFit {
  const confidence = checkNumber('confidence', options.confidence ?? 0.95, { min: 0.5, max: 0.9999 })
  if (!Array.isArray(points)) throw new TypeError('points must be an array of { concurrency, throughput }')
  const measured = (points as readonly ThroughputPoint[]).map(({ concurrency, throughput }, index) => ({
    n: checkNumber(`points[${index}].concurrency`, concurrency, { min: 1 }),
    x: checkNumber(`points[${index}].throughput`, throughput, { above: 0 }),
  }))
  if (measured.length < 4) throw new RangeError(`points must be at least 4, got ${measured.length}`)
  if (new Set(measured.map(({ n }) => n)).size < 3) throw new RangeError('points must have 3 different concurrencies')
  const logs = measured.map(({ n, x }) => Math.log(x / n))
  // σ and κ may be held at 0: of the fits in which what is free came out as it must, the closest is the best.
  const fits = FREE.map((free) => leastSquares(startOf(logs), free, (theta) => linearize(theta, measured, logs)))
  const valid = fits.filter(({ theta: [, sigma, kappa] }) => sigma >= 0 && kappa >= 0)
  const best = valid.reduce((a, b) => (b.squares < a.squares * (1 - 1e-12) ? b : a))
  return describe(best, measured.length, confidence)
}

/** What the law of `fit` expects of `concurrency` workers. */
export function uslThroughput(
  fit: Pick<UslFit, 'perWorker' | 'contention' | 'coherency'>,
  concurrency: number,
): number {
  const n = checkNumber('concurrency', concurrency, { min: 0 })
  return (fit.perWorker.value * n) / (1 + fit.contention.value * (n - 1) + fit.coherency.value * n * (n - 1))
}

/** [log λ, σ, κ] */
type Theta = readonly [number, number, number]

const FREE = [
  [true, false, false],
  [true, true, false],
  [true, false, true],
  [true, true, true],
] as const

function startOf(logs: readonly number[]): Theta {
  return [Math.max(...logs), 0.01, 0.0001]
}

/** Residuals and their derivatives; `undefined` where the law has no meaning. */
function linearize(
  [logLambda, sigma, kappa]: Theta,
  measured: readonly { readonly n: number }[],
  logs: readonly number[],
): { residual: number; gradient: Theta }[] | undefined {
  const rows = []
  for (const [index, { n }] of measured.entries()) {
    const divisor = 1 + sigma * (n - 1) + kappa * n * (n - 1)
    if (!(divisor > 0)) return undefined
    const residual = (logs[index] as number) - logLambda + Math.log(divisor)
    rows.push({ residual, gradient: gradientAt(n, divisor) })
  }
  return rows
}

/** Derivatives of log throughput. */
function gradientAt(n: number, divisor: number): Theta {
  return [1, -(n - 1) / divisor, (-n * (n - 1)) / divisor]
}

function describe({ theta, covariance, squares, freeCount }: Fit, count: number, confidence: number): UslFit {
  const [logLambda, sigma, kappa] = theta
  const freedom = count - freeCount
  const variance = squares / freedom
  const t = studentQuantile((1 + confidence) / 2, freedom)
  /** Half the interval of what has this gradient. */
  const spread = (gradient: Theta): number => {
    let sum = 0
    for (const [row, a] of gradient.entries())
      for (const [column, b] of gradient.entries()) sum += a * b * (covariance[row]?.[column] ?? 0)
    return t * Math.sqrt(Math.max(0, sum * variance))
  }
  const logInterval = (log: number, gradient: Theta): Interval => {
    const half = spread(gradient)
    return { value: Math.exp(log), low: Math.exp(log - half), high: Math.exp(log + half) }
  }
  const atLeast0 = (value: number, gradient: Theta): Interval => {
    const half = spread(gradient)
    return { value, low: Math.max(0, value - half), high: value + half }
  }
  const coherency = atLeast0(kappa, [0, 0, 1])
  const hasPeak = kappa > 0 && sigma < 1
  const logPeak = 0.5 * Math.log((1 - sigma) / kappa)
  const peak = hasPeak ? logInterval(logPeak, [0, -0.5 / (1 - sigma), -0.5 / kappa]) : undefined
  const n = Math.exp(logPeak)
  const divisor = 1 + sigma * (n - 1) + kappa * n * (n - 1)
  return {
    perWorker: logInterval(logLambda, [1, 0, 0]),
    contention: atLeast0(sigma, [0, 1, 0]),
    coherency,
    peakConcurrency: {
      value: peak?.value ?? null,
      low: peak?.low ?? null,
      high: coherency.low > 0 ? (peak?.high ?? null) : null,
    },
    // At the peak the derivative by n is 0: that n is uncertain adds nothing.
    peakThroughput: hasPeak ? logInterval(logLambda + Math.log(n / divisor), gradientAt(n, divisor)) : null,
    residualRatio: Math.sqrt(variance),
    confidence,
  }
}
