/** How far ahead the guard looks, in steps. At least as many as there may be products. */
const HORIZON = 16_384
const NEAR = 64

/**
 * Says whether a product may have its turn now without making others exceed their share by a whole unit later.
 *
 * All numbers are whole: `credits[i]` is what product `i` is behind its ideal share, in units of `1 / total`, and grows
 * by `weights[i]` each step. A unit of `i` has to be made by the step at which its credit would reach `total`. The
 * choice is safe when, of the units that then remain, no more than `t` have to be made in the next `t` steps, for every
 * `t` (Hall's condition; that later intervals keep it is Tijdeman's theorem, Discrete Mathematics 32, 1980).
 */
export class SequenceGuard {
  readonly #weights: Float64Array
  readonly #total: number
  /** Units due by step, from 1. Made when it is needed: short sequences never do. */
  #due = new Int32Array(0)

  constructor(weights: Float64Array, total: number) {
    this.#weights = weights
    this.#total = total
  }

  /**
   * 0 when `chosen` is safe; otherwise the number of steps within which other units need every turn, so that only a
   * product which is due by then may be chosen. O(products + steps until the unit of `chosen` is due).
   */
  tightWithin(credits: Float64Array, chosen: number): number {
    const steps = Math.min(this.stepsUntilDue(chosen, credits[chosen] as number) - 1, HORIZON)
    if (steps < 1) return 0
    // Beyond the horizon it is known to be safe when less than one unit will be ahead there in sum.
    if (steps === HORIZON && this.#aheadAfter(HORIZON, credits, chosen) >= this.#total) return HORIZON
    if (this.#due.length <= steps) this.#due = new Int32Array(Math.min(HORIZON, 2 * steps) + 1)
    // What is tight is mostly tight soon, and far is far.
    const isFar = steps > NEAR * NEAR
    const tight = isFar ? firstTight(credits, this.#weights, this.#total, chosen, NEAR, this.#due) : 0
    return tight > 0 ? tight : firstTight(credits, this.#weights, this.#total, chosen, steps, this.#due)
  }

  /** After how many steps a unit of `product` will have to have been made. */
  stepsUntilDue(product: number, credit: number): number {
    return Math.max(0, stepsUntil(this.#total - credit, this.#weights[product] as number))
  }

  /** By how much products will be ahead in sum, if `chosen` is made now and nothing in the next `steps` steps. */
  #aheadAfter(steps: number, credits: Float64Array, chosen: number): number {
    let ahead = 0
    for (let index = 0; index < credits.length; index++) {
      const later = (credits[index] as number) + steps * (this.#weights[index] as number)
      ahead += Math.max(0, (index === chosen ? this.#total : 0) - later)
    }
    return ahead
  }
}

/**
 * The first of the next `steps` steps by which more units than steps are due of products other than `chosen`, or 0. Apart
 * from the class, and in one piece, because it is what a step of the sequence spends its time on.
 */
function firstTight(
  credits: Float64Array,
  weights: Float64Array,
  total: number,
  chosen: number,
  steps: number,
  due: Int32Array,
): number {
  due.fill(0, 1, steps + 1)
  for (let index = 0; index < credits.length; index++) {
    const credit = credits[index] as number
    const weight = weights[index] as number
    if (credit + steps * weight < total || index === chosen) continue
    for (let missing = total - credit; ; missing += total) {
      const step = stepsUntil(missing, weight)
      if (step > steps) break
      ;(due[step < 1 ? 1 : step] as number) += 1
    }
  }
  let units = 0
  for (let step = 1; step <= steps; step++) {
    units += due[step] as number
    if (units > step) return step
  }
  return 0
}

/** The first step after which a credit has grown by `missing`. Exact: a quotient that was rounded is put right. */
function stepsUntil(missing: number, weight: number): number {
  const steps = Math.ceil(missing / weight)
  if ((steps - 1) * weight >= missing) return steps - 1
  return steps * weight < missing ? steps + 1 : steps
}
