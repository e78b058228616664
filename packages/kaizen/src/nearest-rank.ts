/** ⌈q · count⌉, at least 1. A product that rounding put next to a whole number is taken for that number. */
export function nearestRank(q: number, count: number): number {
  const exact = q * count
  const whole = Math.round(exact)
  return Math.max(1, Math.abs(exact - whole) <= exact * 2 ** -51 ? whole : Math.ceil(exact))
}
