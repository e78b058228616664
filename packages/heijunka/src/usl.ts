/** Throughput that was measured with so many workers. */
export interface ThroughputPoint {
  /** How many workers, at least 1. */
  readonly concurrency: number
  /** What they did together in a second, above 0. */
  readonly throughput: number
}

/** The Universal Scalability Law that fits best: throughput(n) = λn / (1 + α(n − 1) + βn(n − 1)). */
export interface ScalabilityFit {
  /** λ: what one worker alone does in a second. */
  readonly perWorker: number
  /** α, contention: the share of the work that only one worker can do at a time. 0 or more. */
  readonly alpha: number
  /** β, coherency: what keeping each pair of workers in agreement costs. 0 or more. */
  readonly beta: number
  /** √((1 − α) / β): more workers than this do less. `null` where there is no such number. */
  readonly peakWorkers: number | null
  /** The share of the variance of throughput that the law explains: 1 is all of it; may be negative. */
  readonly rSquared: number
  /** How many different numbers of workers it rests on. */
  readonly points: number
}

/** The terms of n / throughput: one worker's time, contention, coherency. */
const TERMS = [() => 1, (n: number) => n - 1, (n: number) => n * (n - 1)] as const
/** Which terms may be there: contention and coherency can't be negative, so either may have to be left out. */
const MODELS = [[0], [0, 1], [0, 2], [0, 1, 2]] as const

/**
 * Fits Gunther's Universal Scalability Law (arXiv:0808.1431) to measured points, at most one for each number of workers.
 *
 * n / throughput is linear in 1/λ, α/λ and β/λ, so that least squares on it, weighted to count relative errors, is solved
 * at once, without iterations or starting values: enough to decide by, small enough for a core entry. For intervals and
 * reports there is the `fit` option, which takes the more careful fit of a statistics package.
 *
 * `undefined` with fewer than two different numbers of workers, which determine nothing.
 */
export function fitUsl(points: readonly ThroughputPoint[]): ScalabilityFit | undefined {
  if (points.length < 2) return undefined
  let best: { readonly terms: readonly number[]; readonly squares: number } | undefined
  for (const model of MODELS) {
    if (model.length > points.length) continue
    const terms = leastSquares(points, model)
    if (!terms || !(terms[0]! > 0) || terms[1]! < 0 || terms[2]! < 0) continue
    const squares = relativeSquares(points, (n) => n / demandOf(terms, n))
    // A term has to earn its place, not only to fit rounding errors.
    if (!best || squares < best.squares * (1 - 1e-9) - 1e-18) best = { terms, squares }
  }
  return best && describe(best.terms, points)
}

/** What the law of `fit` expects of so many workers, in a second. */
export function uslThroughput(
  { perWorker, alpha, beta }: Pick<ScalabilityFit, 'perWorker' | 'alpha' | 'beta'>,
  workers: number,
): number {
  return (perWorker * workers) / (1 + alpha * (workers - 1) + beta * workers * (workers - 1))
}

/** The sum of squared relative errors of a law of throughput. */
export function relativeSquares(points: readonly ThroughputPoint[], law: (workers: number) => number): number {
  return points.reduce((sum, { concurrency, throughput }) => sum + (law(concurrency) / throughput - 1) ** 2, 0)
}

/** The share of the variance of throughput that a law explains. */
export function rSquaredOf(points: readonly ThroughputPoint[], law: (workers: number) => number): number {
  const mean = points.reduce((sum, { throughput }) => sum + throughput, 0) / points.length
  let [left, all] = [0, 0]
  for (const { concurrency, throughput } of points) {
    left += (throughput - law(concurrency)) ** 2
    all += (throughput - mean) ** 2
  }
  // Where nothing varies there is nothing to explain.
  return all <= 1e-12 * mean * mean ? Number(left <= 1e-6 * mean * mean) : 1 - left / all
}

/** Where more workers begin to do less. */
export function peakOf(alpha: number, beta: number): number | null {
  if (!(beta > 0)) return null
  return alpha < 1 ? Math.sqrt((1 - alpha) / beta) : 1
}

function describe(terms: readonly number[], points: readonly ThroughputPoint[]): ScalabilityFit {
  const [time = 1, contention = 0, coherency = 0] = terms
  const [alpha, beta] = [contention / time, coherency / time]
  const law = { perWorker: 1 / time, alpha, beta }
  return {
    ...law,
    peakWorkers: peakOf(alpha, beta),
    rSquared: rSquaredOf(points, (n) => uslThroughput(law, n)),
    points: points.length,
  }
}

/** n / throughput for n workers. */
function demandOf(terms: readonly number[], n: number): number {
  return terms.reduce((sum, term, index) => sum + term * (TERMS[index] as (n: number) => number)(n), 0)
}

/** The terms of `model` for n / throughput, the others 0. `undefined` where the points don't determine them. */
function leastSquares(points: readonly ThroughputPoint[], model: readonly number[]): number[] | undefined {
  const size = model.length
  const rows = model.map(() => new Array<number>(size + 1).fill(0))
  for (const { concurrency, throughput } of points) {
    // Divided by n / throughput, so that errors count relative to it.
    const weight = throughput / concurrency
    const values = model.map((term) => (TERMS[term] as (n: number) => number)(concurrency) * weight)
    for (const [row, left] of values.entries()) {
      for (const [column, right] of values.entries()) rows[row]![column]! += left * right
      rows[row]![size]! += left
    }
  }
  const solution = solve(rows)
  if (!solution) return undefined
  const terms = [0, 0, 0]
  for (const [at, term] of model.entries()) terms[term] = solution[at] as number
  return terms
}

/** Gauss and Jordan, for a matrix that is symmetric and positive: no pivoting. */
function solve(rows: readonly number[][]): number[] | undefined {
  const size = rows.length
  for (let at = 0; at < size; at++) {
    const pivot = rows[at]![at]!
    if (!(pivot > 1e-300)) return undefined
    for (const [index, row] of rows.entries()) {
      if (index === at) continue
      const factor = row[at]! / pivot
      for (let column = at; column <= size; column++) row[column]! -= factor * rows[at]![column]!
    }
  }
  const solution = rows.map((row, index) => row[size]! / row[index]!)
  return solution.every((value) => Number.isFinite(value)) ? solution : undefined
}
