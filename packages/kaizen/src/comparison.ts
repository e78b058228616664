import { normalQuantile, studentCdf, studentQuantile } from './probability.ts'

/** What is compared: the mean, or a quantile such as `{ quantile: 0.99 }`. */
export type Metric = 'mean' | { readonly quantile: number }

/**
 * What became of it. `improved` and `regressed`: the interval leaves out "no change". `equivalent`: the difference is
 * surely less than the margin that matters, whether it is 0 or not. `inconclusive`: more data could say more.
 */
export type Verdict = 'improved' | 'regressed' | 'equivalent' | 'inconclusive'

/** One side of a comparison. */
export interface Side {
  readonly variant: string
  /** How many values there were. */
  readonly count: number
  /** The metric of all of them; `null` without values. */
  readonly value: number | null
}

/** What the candidate is against the baseline, as a factor: 0.9 is 10 % less. */
export interface Effect {
  readonly ratio: number
  /** Lower end of the interval. */
  readonly low: number
  /** Upper end of the interval. */
  readonly high: number
  /** Natural logarithm of `ratio`: what is estimated, because it is the same in both directions. */
  readonly logRatio: number
  /** Standard error of `logRatio`. */
  readonly standardError: number
}

/** What a comparison found. Plain JSON. */
export interface ExperimentResult {
  readonly name: string
  /**
   * `switchback`: variants took turns at random, so that the difference is theirs. `observational`: one was after the
   * other, or elsewhere, and the difference may be that of anything else that was different.
   */
  readonly design: 'switchback' | 'observational'
  readonly metric: Metric
  readonly better: 'lower' | 'higher'
  readonly verdict: Verdict
  /** Why, in one sentence. */
  readonly reason: string
  readonly baseline: Side
  readonly candidate: Side
  /** `null` while there are too few values. */
  readonly effect: Effect | null
  /** The probability of a difference at least this large where there is none; `null` without an effect. */
  readonly pValue: number | null
  /**
   * The smallest change that this much data would find four times in five, as a share: 0.05 is 5 %. `null` without an
   * effect.
   */
  readonly detectableRatio: number | null
  readonly confidence: number
  readonly equivalenceRatio: number
  /** How many groups of values the error was estimated from. */
  readonly groups: number
}

/** What a verdict is made by. */
export interface Judgement {
  readonly better: 'lower' | 'higher'
  readonly confidence: number
  readonly equivalenceRatio: number
}

/** An estimated logarithm of a ratio. */
export interface Estimate {
  readonly logRatio: number
  readonly standardError: number
  /** Degrees of freedom of the standard error. */
  readonly freedom: number
}

/** From values that each estimate the same thing, and vary alike: their mean and its error. */
export function meanOf(estimates: readonly number[]): Estimate {
  const count = estimates.length
  const mean = estimates.reduce((sum, value) => sum + value, 0) / count
  const squares = estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { logRatio: mean, standardError: Math.sqrt(squares / (count - 1) / count), freedom: count - 1 }
}

/** The difference of two independent estimates. Degrees of freedom after Welch and Satterthwaite. */
export function differenceOf(of: Estimate, from: Estimate): Estimate {
  const [a, b] = [of.standardError ** 2, from.standardError ** 2]
  return {
    logRatio: of.logRatio - from.logRatio,
    standardError: Math.sqrt(a + b),
    freedom: a + b === 0 ? of.freedom + from.freedom : (a + b) ** 2 / (a ** 2 / of.freedom + b ** 2 / from.freedom),
  }
}

/** Interval, probability and verdict of an estimate. Equivalence by two one-sided tests (Schuirmann 1987). */
export function judge(
  { logRatio, standardError, freedom }: Estimate,
  { better, confidence, equivalenceRatio }: Judgement,
): Pick<ExperimentResult, 'verdict' | 'reason' | 'effect' | 'pValue' | 'detectableRatio'> {
  const alpha = 1 - confidence
  const spread = studentQuantile(1 - alpha / 2, freedom) * standardError
  const margin = Math.log1p(equivalenceRatio)
  const oneSided = studentQuantile(confidence, freedom) * standardError
  const isEquivalent = Math.abs(logRatio) + oneSided < margin
  const isDifferent = Math.abs(logRatio) > spread
  const isLower = logRatio < 0
  const verdict = isEquivalent
    ? 'equivalent'
    : !isDifferent
      ? 'inconclusive'
      : isLower === (better === 'lower')
        ? 'improved'
        : 'regressed'
  return {
    verdict,
    reason: reasonFor(verdict, confidence, equivalenceRatio),
    effect: {
      ratio: Math.exp(logRatio),
      low: Math.exp(logRatio - spread),
      high: Math.exp(logRatio + spread),
      logRatio,
      standardError,
    },
    pValue: standardError === 0 ? Number(logRatio === 0) : 2 * studentCdf(-Math.abs(logRatio) / standardError, freedom),
    detectableRatio: Math.expm1(spread + normalQuantile(0.8) * standardError),
  }
}

function reasonFor(verdict: Verdict, confidence: number, equivalenceRatio: number): string {
  const sure = `${shortNumber(confidence * 100)} %`
  const margin = `${shortNumber(equivalenceRatio * 100)} %`
  if (verdict === 'equivalent')
    return `Any difference is less than the ${margin} that would matter, at ${sure} confidence.`
  if (verdict === 'inconclusive')
    return `The ${sure} interval has "no change" in it, and reaches beyond the ${margin} that would matter.`
  return `The ${sure} interval leaves out "no change".`
}

/** At most four digits that matter. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)))
}
