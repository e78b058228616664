/** Three parameters. */
type Vector = readonly [number, number, number]

/** One observation: what is left of it, and how the model there depends on each parameter. */
export interface Row {
  readonly residual: number
  readonly gradient: Vector
}

/** Parameters that fit best. */
export interface Fit {
  readonly theta: Vector
  /** Inverse of the normal matrix, 0 for parameters that were held. Times the variance it is their covariance. */
  readonly covariance: readonly (readonly number[])[]
  /** Sum of squared residuals. */
  readonly squares: number
  readonly freeCount: number
}

/**
 * Least squares for three parameters, those that are not `free` held at 0. Source: Marquardt, SIAM Journal 11 (1963). A
 * step that makes it worse, or leaves where the model means anything, is taken back and made shorter; it ends when a step
 * gains nothing, after 200 at the most.
 */
export function leastSquares(
  start: Vector,
  free: readonly [boolean, boolean, boolean],
  linearize: (theta: Vector) => readonly Row[] | undefined,
): Fit {
  const indices = [0, 1, 2].filter((index) => free[index] === true)
  let theta = start.map((value, index) => (free[index] === true ? value : 0)) as unknown as Vector
  let rows = linearize(theta) ?? []
  let squares = sumOfSquares(rows)
  let damping = 1e-3
  for (let step = 0; step < 200 && damping < 1e12; step++) {
    const change = solve(normal(rows, indices, damping), right(rows, indices))
    const next = theta.map((value, index) => value + (change[indices.indexOf(index)] ?? 0)) as unknown as Vector
    const nextRows = linearize(next)
    const nextSquares = nextRows === undefined ? Number.POSITIVE_INFINITY : sumOfSquares(nextRows)
    if (nextRows !== undefined && nextSquares <= squares) {
      const gained = squares - nextSquares
      theta = next
      rows = nextRows
      squares = nextSquares
      damping = Math.max(1e-12, damping / 10)
      if (gained <= squares * 1e-14) break
    } else damping *= 10
  }
  const covariance = [0, 1, 2].map(() => [0, 0, 0])
  const matrix = normal(rows, indices, 0)
  for (const [column, index] of indices.entries()) {
    const unit = solve(
      matrix,
      indices.map((_, at) => Number(at === column)),
    )
    for (const [row, other] of indices.entries()) (covariance[other] as number[])[index] = unit[row] as number
  }
  return { theta, covariance, squares, freeCount: indices.length }
}

function sumOfSquares(rows: readonly Row[]): number {
  return rows.reduce((sum, { residual }) => sum + residual * residual, 0)
}

/** JᵀJ, its diagonal raised by a share. */
function normal(rows: readonly Row[], indices: readonly number[], damping: number): number[][] {
  return indices.map((a) =>
    indices.map((b) => {
      const sum = rows.reduce((total, { gradient }) => total + (gradient[a] as number) * (gradient[b] as number), 0)
      return a === b ? sum * (1 + damping) : sum
    }),
  )
}

function right(rows: readonly Row[], indices: readonly number[]): number[] {
  return indices.map((a) => rows.reduce((sum, { residual, gradient }) => sum + residual * (gradient[a] as number), 0))
}

/** Gauss, with the largest pivot. A matrix without an inverse gives infinities, and the step is refused. */
function solve(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, vector[index] as number])
  const size = rows.length
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row]?.[column] as number) > Math.abs(rows[pivot]?.[column] as number)) pivot = row
    ;[rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]]
    const top = rows[column] as number[]
    for (const row of rows) {
      if (row === top) continue
      const factor = (row[column] as number) / (top[column] as number)
      for (let at = column; at <= size; at++) (row[at] as number) -= factor * (top[at] as number)
    }
  }
  return rows.map((row, index) => (row[size] as number) / (row[index] as number))
}
