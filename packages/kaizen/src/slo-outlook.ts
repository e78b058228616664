import type { Counts, WindowCounts } from './slo-ring.ts'

/** Share of failures over the share allowed. NaN without events. */
export function burnRateOf({ total, bad }: Readonly<Counts>, target: number): number {
  return bad / total / (1 - target)
}

/** How many more events failed than the budget of `counts` allows. Below 0 while there is budget. */
export function overspent({ total, bad }: Readonly<Counts>, target: number): number {
  const over = bad - (1 - target) * total
  // 1 - 0.999 is a little more than 0.001: one failure in a thousand is as many as are allowed, all the same.
  return Math.abs(over) <= 1e-9 * total ? 0 : over
}

/** The share of the budget that is left. */
export function remainingOf(counts: Readonly<Counts>, target: number): number {
  return counts.total === 0 ? 1 : 0 - overspent(counts, target) / ((1 - target) * counts.total)
}

/**
 * In how many ms the budget of a rolling period is used up if events go on as in `recent`: slot after slot, what is old
 * leaves and what comes is as what came. `undefined` when it never is. `slots` in the order in which they leave;
 * the first leaves in `firstMs`, then one every `slotMs`.
 */
export function rollingOutlook(
  present: Readonly<Counts>,
  recent: WindowCounts,
  target: number,
  {
    slots,
    firstMs,
    slotMs,
  }: { readonly slots: Iterable<Readonly<Counts>>; readonly firstMs: number; readonly slotMs: number },
): number | undefined {
  let over = overspent(present, target)
  if (over >= 0) return 0
  const perMs = overspent(recent, target) / recent.coveredMs
  let [ms, step] = [0, firstMs]
  for (const slot of slots) {
    if (perMs > 0 && over + perMs * step >= 0) return ms - over / perMs
    over += perMs * step - overspent(slot, target)
    ms += step
    // Good events that leave take their part of the budget with them.
    if (over >= 0) return ms
    step = slotMs
  }
  return undefined
}

/** As `rollingOutlook`, where nothing leaves and all begins anew in `restMs`. */
export function calendarOutlook(
  present: Readonly<Counts>,
  recent: WindowCounts,
  target: number,
  restMs: number,
): number | undefined {
  const over = overspent(present, target)
  if (over >= 0) return 0
  const ms = -over / (overspent(recent, target) / recent.coveredMs)
  return ms >= 0 && ms < restMs ? ms : undefined
}
