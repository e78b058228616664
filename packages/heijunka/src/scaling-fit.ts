import { type ScalabilityFit, type ThroughputPoint, fitUsl, peakOf, rSquaredOf, uslThroughput } from './usl.ts'

/** A number, or an estimate with its interval. */
export type Estimate = number | { readonly value: number }

/** Fits the Universal Scalability Law to points, such as `fitUsl` of `@tps/kaizen`. */
export type FitThroughput = (points: readonly ThroughputPoint[]) => {
  /** λ */
  readonly perWorker: Estimate
  /** α */
  readonly contention: Estimate
  /** β */
  readonly coherency: Estimate
}

/** The fit of `fit`; where there is none, or it throws or gives nonsense, the one built in. `report` hears of that. */
export function fitThroughput(
  points: readonly ThroughputPoint[],
  fit: FitThroughput | undefined,
  report: (error: unknown) => void,
): ScalabilityFit | undefined {
  if (!fit) return fitUsl(points)
  try {
    const { perWorker, contention, coherency } = fit(points.map((point) => ({ ...point })))
    const law = {
      perWorker: amount('perWorker', perWorker),
      alpha: amount('contention', contention),
      beta: amount('coherency', coherency),
    }
    const rSquared = rSquaredOf(points, (n) => uslThroughput(law, n))
    return { ...law, peakWorkers: peakOf(law.alpha, law.beta), rSquared, points: points.length }
  } catch (error) {
    report(error)
    return fitUsl(points)
  }
}

function amount(name: string, estimate: Estimate): number {
  const value = typeof estimate === 'object' ? estimate.value : estimate
  if (Number.isFinite(value) && value >= 0) return value
  throw new RangeError(`fit must give a finite ${name} of 0 or more, got ${String(value)}`)
}
