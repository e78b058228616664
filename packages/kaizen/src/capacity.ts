import { checkNumber, checkObject } from '@tps/internal'

/** A system in balance: what is in it, what goes through it, and how long that takes. */
export interface LittlesLaw {
  /** How many are in the system on average: L. */
  readonly inSystem: number
  /** How many go through it in a second: λ. */
  readonly perSecond: number
  /** How long one is in it on average, in ms: W. */
  readonly timeMs: number
}

/**
 * Little's law, L = λ W, for whatever is missing of the three. It holds for averages over a long time of any system that
 * doesn't grow, a queue, a pool or a whole service. Source: Little, Operations Research 9 (1961).
 * @throws TypeError or RangeError unless exactly two are given, 0 or more, and what is divided by is above 0.
 */
export function littlesLaw(known: Partial<LittlesLaw>): LittlesLaw {
  checkObject('known', known)
  const { inSystem, perSecond, timeMs } = known
  const given = [inSystem, perSecond, timeMs].filter((value) => value !== undefined)
  if (given.length !== 2) throw new TypeError('exactly two of inSystem, perSecond and timeMs must be given')
  if (inSystem !== undefined) checkNumber('inSystem', inSystem, { min: 0 })
  if (perSecond !== undefined) checkNumber('perSecond', perSecond, timeMs === undefined ? { above: 0 } : { min: 0 })
  if (timeMs !== undefined) checkNumber('timeMs', timeMs, perSecond === undefined ? { above: 0 } : { min: 0 })
  if (perSecond === undefined) return { inSystem: inSystem!, timeMs: timeMs!, perSecond: (inSystem! / timeMs!) * 1000 }
  if (timeMs === undefined) return { inSystem: inSystem!, perSecond, timeMs: (inSystem! / perSecond) * 1000 }
  return { perSecond, timeMs, inSystem: (perSecond * timeMs) / 1000 }
}

/**
 * How many workers a peak takes, if they are not to be busier than `targetUtilization`: ⌈peak / (perWorker · target)⌉, at
 * least 1. `peak` and `perWorker` in the same unit, items a second as a rule. It takes workers to add up; where they get
 * in each other's way, `fitUsl` says by how much.
 * @throws TypeError or RangeError when a number is not above 0, or the target above 1.
 */
export function workersFor(peak: number, perWorker: number, targetUtilization: number = 0.7): number {
  checkNumber('peak', peak, { min: 0 })
  checkNumber('perWorker', perWorker, { above: 0 })
  checkNumber('targetUtilization', targetUtilization, { above: 0, max: 1 })
  const exact = peak / (perWorker * targetUtilization)
  // 7 / (1 · 0.7) is a little more than 10, and needs no eleventh.
  return Math.max(1, Math.ceil(exact * (1 - 1e-12)))
}

/**
 * The capacity of a queue in which nothing waits longer than `maxWaitMs`, when `peak` items a second leave it:
 * ⌊peak · wait⌋, at least 1. What comes beyond that is better refused at once than answered too late.
 * @throws TypeError or RangeError when a number is below 0.
 */
export function queueFor(peak: number, maxWaitMs: number): number {
  checkNumber('peak', peak, { min: 0 })
  checkNumber('maxWaitMs', maxWaitMs, { min: 0 })
  return Math.max(1, Math.floor(((peak * maxWaitMs) / 1000) * (1 + 1e-12)))
}
