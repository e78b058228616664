import type { LineSnapshots } from './diagnosis-snapshots.ts'

// What is no finite number is unknown, and so is what is made of it.

export function over(part: unknown, whole: unknown): number | undefined {
  return isNumber(part) && isNumber(whole) && whole > 0 ? part / whole : undefined
}

export function minus(a: unknown, b: unknown): number | undefined {
  return isNumber(a) && isNumber(b) ? a - b : undefined
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

export function sum(stages: readonly { readonly share?: unknown }[] | undefined): number | undefined {
  return stages?.reduce<number | undefined>(
    (total, { share }) => (total === undefined || !isNumber(share) ? undefined : total + share),
    0,
  )
}

export function largest(
  breakdown: LineSnapshots['breakdown'],
): { readonly stage: string; readonly share: number } | undefined {
  let found: { readonly stage: string; readonly share: number } | undefined
  for (const { stage, share } of breakdown?.stages ?? [])
    if (isNumber(share) && share > (found?.share ?? 0)) found = { stage, share }
  return found
}

export function slowest(times: readonly unknown[] | undefined): number | undefined {
  const known = (times ?? [])
    .filter(isNumber)
    .filter((ms) => ms > 0)
    .toSorted((a, b) => a - b)
  const others = known.slice(0, -1)
  return over(known.at(-1), median(others))
}

/** The middle one, the upper of two; `undefined` of none. */
function median(sorted: readonly number[]): number | undefined {
  return sorted[Math.floor(sorted.length / 2)]
}
