/** How the moments of sending are spread: evenly, or by chance as the calls of many independent callers are. */
export type Spacing = 'constant' | 'poisson'

/** Signals to be sent at one rate for a time. */
export interface Phase {
  /** Signals a second, above 0. */
  readonly rate: number
  readonly durationMs: number
}

/** When each signal of a phase is to be sent, in ms from its start, in order. */
export function arrivals(phase: Phase, spacing: Spacing, random: () => number = Math.random): Iterable<number> {
  return spacing === 'constant' ? evenly(phase) : byChance(phase, random)
}

function* evenly({ rate, durationMs }: Phase): Generator<number> {
  const count = Math.round((rate * durationMs) / 1_000)
  // Each from its index: adding up the gaps would add up their rounding errors.
  for (let index = 0; index < count; index++) yield (index * 1_000) / rate
}

function* byChance({ rate, durationMs }: Phase, random: () => number): Generator<number> {
  // Gaps between independent calls are distributed exponentially.
  const gap = (): number => (-Math.log(1 - random()) * 1_000) / rate
  for (let atMs = gap(); atMs < durationMs; atMs += gap()) yield atMs
}
