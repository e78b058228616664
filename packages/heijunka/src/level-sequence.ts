import { checkNumber, checkObject } from '@tps/internal'
import { SequenceGuard } from './sequence-guard.ts'

/** How much of each product is wanted. Only the proportions matter. */
export type Demand<P extends string> = { readonly [Product in P]?: number }

/** More products than this are refused. */
const MAX_PRODUCTS = 10_000
const MAX_DEMAND = 1e9
const MAX_LENGTH = 10_000_000
/** Shares are whole multiples of about 1 / RESOLUTION: all sums are exact, and there is room for credits beyond 1. */
const RESOLUTION = 2 ** 44

/**
 * Mixes products as evenly as their demand allows: `{ a: 5, b: 3, c: 2 }` comes out as a b c a a b a c b a, again and
 * again.
 *
 * At every step the product that is furthest behind its ideal share has its turn: goal chasing (Monden, Toyota Production
 * System, 1983; Miltenburg, Management Science 35(2), 1989), which is smooth weighted round robin (nginx, Dounin 2012). For
 * some demands that alone lets a product deviate by more than one unit. So a turn that would lead there goes to the
 * product furthest behind among those that are due soonest. While demand doesn't change, no product's count ever deviates
 * by 1 or more from its ideal share, and the sequence is that of smooth weighted round robin wherever that keeps the
 * bound too (in the rare case of shares below one in 16,384, nearly so).
 *
 * When demand changes, each product keeps what it is ahead or behind. From then on no product is ever ahead by 1 or more, or
 * behind by H = 1 + 1/2 + … + 1/n or more (n: the most products that there were at once: 2.9 for 10); no rule that doesn't
 * know the future can promise less than the order of that. Once each has had its turn, the bound is 1 again.
 *
 * A step takes O(n), amortized, with a small constant.
 */
export class LevelSequence<P extends string = string> implements Iterable<P> {
  #products: readonly P[] = []
  #demand: readonly number[] = []
  #weights = new Float64Array(0)
  /** What each product is behind its ideal share, in units of `1 / #total`. Their sum is 0 between steps. */
  #credits = new Float64Array(0)
  #total = 0
  #guard: SequenceGuard
  /** The position of the next product once it has been chosen. Then the credits hold its step's shares already. */
  #chosen = -1

  /** @throws TypeError or RangeError when `demand` is wrong: see `change`. */
  constructor(demand: Demand<P>) {
    this.#guard = new SequenceGuard(this.#weights, 0)
    this.change(demand)
  }

  /** The products with demand, in the order they were named. */
  get products(): readonly P[] {
    return this.#products
  }

  /** The next product, which stays next; `undefined` when there is no demand. */
  peek(): P | undefined {
    if (this.#chosen < 0 && this.#total > 0) this.#chosen = this.#choose()
    return this.#products[this.#chosen]
  }

  /** The next product; `undefined` when there is no demand. */
  next(): P | undefined {
    const product = this.peek()
    if (product === undefined) return undefined
    ;(this.#credits[this.#chosen] as number) -= this.#total
    this.#chosen = -1
    return product
  }

  /** Endless, as long as there is demand. Every iteration continues the same sequence. */
  *[Symbol.iterator](): Generator<P, void, undefined> {
    for (let product = this.next(); product !== undefined; product = this.next()) yield product
  }

  /** How many units `product` is behind its ideal share; negative when it is ahead. 0 for a product without demand. */
  behind(product: P): number {
    const index = this.#products.indexOf(product)
    return index < 0 ? 0 : this.#behindAt(index)
  }

  /** `behind` of every product with demand, in O(n). */
  *entries(): Generator<readonly [product: P, demand: number, behind: number], void, undefined> {
    for (const [index, product] of this.#products.entries())
      yield [product, this.#demand[index] as number, this.#behindAt(index)]
  }

  /**
   * Goes on with another demand. What a product is ahead or behind is kept. New products begin even. Of a product that
   * goes, or whose demand becomes 0, what it was behind or ahead is taken from those that are so the other way round, in
   * proportion: nobody's deviation grows by it.
   * @throws TypeError when a demand is no number; RangeError when one is not in [0, 1e9], or above 10,000 products.
   */
  change(demand: Demand<P>): void {
    const wanted = checkDemand(demand)
    const behind = new Map(Array.from(this.entries(), ([product, , units]) => [product, units]))
    const total = wanted.reduce((sum, [, amount]) => sum + amount, 0)
    const isWhole = wanted.every(([, amount]) => Number.isInteger(amount))
    const scale = isWhole ? Math.floor(RESOLUTION / total) : RESOLUTION / total
    this.#products = wanted.map(([product]) => product)
    this.#demand = wanted.map(([, amount]) => amount)
    this.#weights = Float64Array.from(wanted, ([, amount]) => Math.max(1, Math.round(amount * scale)))
    this.#total = this.#weights.reduce((sum, weight) => sum + weight, 0)
    const carried = even(this.#products.map((product) => behind.get(product) ?? 0))
    this.#credits = Float64Array.from(carried, (units) => Math.round(units * this.#total))
    const rest = this.#credits.reduce((sum, credit) => sum + credit, 0)
    if (this.#credits.length > 0) (this.#credits[0] as number) -= rest
    this.#guard = new SequenceGuard(this.#weights, this.#total)
    this.#chosen = -1
  }

  #behindAt(index: number): number {
    const share = this.#chosen < 0 ? 0 : (this.#weights[index] as number)
    return ((this.#credits[index] as number) - share) / this.#total
  }

  #choose(): number {
    const credits = this.#credits
    const weights = this.#weights
    let furthest = 0
    let most = Number.NEGATIVE_INFINITY
    let ahead = 0
    for (let index = 0; index < credits.length; index++) {
      const credit = (credits[index] as number) + (weights[index] as number)
      credits[index] = credit
      if (credit > most) {
        most = credit
        furthest = index
      }
      if (credit < 0) ahead -= credit
    }
    // Where less than one unit is ahead in sum, no more units than steps can fall due. And who is late already comes first.
    if (ahead < most || most >= this.#total) return furthest
    let chosen = furthest
    for (let within = this.#guard.tightWithin(credits, chosen); within > 0;) {
      // It ends, because each is due sooner than the one before.
      const sooner = this.#furthestDue(within)
      if (sooner < 0) return this.#earliestDue()
      chosen = sooner
      within = this.#guard.tightWithin(credits, chosen)
    }
    return chosen
  }

  /** Of the products with a unit due within `steps` steps, the one that is furthest behind; -1 when all are ahead. */
  #furthestDue(steps: number): number {
    let furthest = -1
    let most = 0
    for (let index = 0; index < this.#credits.length; index++) {
      const credit = this.#credits[index] as number
      if (credit <= most || credit + steps * (this.#weights[index] as number) < this.#total) continue
      most = credit
      furthest = index
    }
    return furthest
  }

  /** Of the products that are not ahead, the one whose unit is due first. */
  #earliestDue(): number {
    let earliest = -1
    let fewest = Number.POSITIVE_INFINITY
    for (let index = 0; index < this.#credits.length; index++) {
      const credit = this.#credits[index] as number
      const steps = credit > 0 ? this.#guard.stepsUntilDue(index, credit) : Number.POSITIVE_INFINITY
      if (steps >= fewest) continue
      fewest = steps
      earliest = index
    }
    return earliest
  }
}

/**
 * The smoothest sequence for a whole demand: as long as its sum, with each product as often as it is wanted, and at every
 * position within one unit of its ideal share. The method and the bound are those of `LevelSequence`.
 * @throws TypeError or RangeError when a demand isn't an integer in [0, 1e9], or their sum is above 10,000,000.
 */
export function levelSequence<P extends string>(demand: Demand<P>): P[] {
  const wanted = checkDemand(demand)
  for (const [product, amount] of wanted) {
    if (!Number.isInteger(amount)) throw new RangeError(`demand.${product} must be an integer, got ${amount}`)
  }
  const length = wanted.reduce((sum, [, amount]) => sum + amount, 0)
  if (length > MAX_LENGTH) throw new RangeError(`the sum of demand must be at most ${MAX_LENGTH}, got ${length}`)
  return [...new LevelSequence(demand)[Symbol.iterator]().take(length)]
}

/** The products that are wanted. Copies, so that nobody changes them later. */
function checkDemand<P extends string>(demand: Demand<P>): (readonly [P, number])[] {
  const entries = Object.entries(checkObject('demand', demand)) as [P, number][]
  if (entries.length > MAX_PRODUCTS)
    throw new RangeError(`demand must have at most ${MAX_PRODUCTS} products, got ${entries.length}`)
  for (const [product, amount] of entries) checkNumber(`demand.${product}`, amount, { min: 0, max: MAX_DEMAND })
  return entries.filter(([, amount]) => amount > 0)
}

/** Makes the sum 0 by bringing those on the heavier side closer to 0, in proportion. */
function even(behind: readonly number[]): number[] {
  const sumOf = (side: 1 | -1): number => behind.reduce((sum, units) => sum + Math.max(0, units * side), 0)
  const [late, early] = [sumOf(1), sumOf(-1)]
  const [lateFactor, earlyFactor] = [Math.min(1, early / late), Math.min(1, late / early)]
  return behind.map((units) => (units > 0 ? units * lateFactor : units < 0 ? units * earlyFactor : 0))
}
