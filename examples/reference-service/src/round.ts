/** To three decimals: microseconds, where the value is in ms. */
export function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

/** As `round`; what has no value stays `null`. */
export function roundOrNull(value: number | null): number | null {
  return value === null ? null : round(value)
}
