import { Ring } from '@tps/internal'
import { type Demand, LevelSequence } from './level-sequence.ts'
import type { ProductReadings, ReleaseReason } from './leveling-scheduler-events.ts'

/** One product's row of the heijunka box. */
class Row<T> {
  readonly items = new Ring<T>()
  demand = 0
  made = 0
  late = 0
  missed = 0
  /** Its credit among those that stand in for others. */
  standIn = 0
}

/** Whose turn it is. */
export interface Turn<P extends string> {
  readonly product: P
  readonly reason: ReleaseReason
}

/**
 * Whose turn it is, by the level sequence and by who has work. The sequence itself never waits and is never disturbed: what
 * is made instead of what was planned is kept as `late` of the one, and as negative `late` of the other.
 */
export class LevelPlan<P extends string, T> {
  readonly #rows = new Map<P, Row<T>>()
  readonly #sequence: LevelSequence<P>
  readonly #isQueued: boolean
  readonly #maxLate: number
  /** How many items wait for products with demand. */
  #ready = 0

  constructor(demand: Demand<P>, isQueued: boolean, maxLate: number) {
    this.#sequence = new LevelSequence<P>({})
    this.#isQueued = isQueued
    this.#maxLate = maxLate
    this.change(demand)
  }

  /** Whether anything could be released now. O(1). */
  get hasWork(): boolean {
    return this.#isQueued ? this.#ready > 0 : this.#sequence.products.length > 0
  }

  get waiting(): number {
    let waiting = 0
    for (const { items } of this.#rows.values()) waiting += items.size
    return waiting
  }

  /** Whether a product is owed a turn and could have it. */
  get hasLate(): boolean {
    return this.#mostLate() !== undefined
  }

  change(demand: Demand<P>): void {
    this.#sequence.change(demand)
    for (const row of this.#rows.values()) row.demand = 0
    for (const [product, amount] of this.#sequence.entries()) {
      const row = this.#rows.get(product) ?? new Row<T>()
      row.demand = amount
      this.#rows.set(product, row)
    }
    this.#ready = 0
    for (const [product, row] of this.#rows) {
      if (row.demand > 0) this.#ready += row.items.size
      // What nobody wants isn't owed to it either.
      else if (row.items.size === 0) this.#rows.delete(product)
      else row.late = row.standIn = 0
    }
  }

  /** `false` when the product has no demand, or `capacity` of its items wait. */
  add(product: P, item: T, capacity: number): boolean {
    const row = this.#rows.get(product)
    if (!row || row.demand === 0 || row.items.size >= capacity) return false
    row.items.push(item)
    this.#ready++
    return true
  }

  /** Takes out everything that waits for a product. */
  withdraw(product: P): T[] {
    const row = this.#rows.get(product)
    if (!row) return []
    const items = row.items.drain()
    if (row.demand > 0) this.#ready -= items.length
    else this.#rows.delete(product)
    return items
  }

  /** Whose turn it is; nothing changes. `mayCatchUp` says whether one that is late may have it in place of another. */
  turn(mayCatchUp: boolean): Turn<P> | undefined {
    if (!this.hasWork) return undefined
    const planned = this.#sequence.peek() as P
    const row = this.#rowOf(planned)
    const isReady = this.#isReady(row)
    if (mayCatchUp && (!isReady || row.late < 0)) {
      const late = this.#mostLate()
      if (late !== undefined) return { product: late, reason: 'catch-up' }
    }
    return isReady ? { product: planned, reason: 'planned' } : { product: this.#standIn(), reason: 'substitute' }
  }

  /** Takes out the item for a turn; `undefined` when products have no items. */
  takeItem(product: P): T | undefined {
    if (!this.#isQueued) return undefined
    this.#ready--
    return this.#rowOf(product).items.shift()
  }

  /** The consumer took nothing: the item is the first again. */
  putBack(product: P, item: T): void {
    if (!this.#isQueued) return
    // Its demand may have gone meanwhile, and its row with it.
    const row = this.#rows.get(product) ?? new Row<T>()
    this.#rows.set(product, row)
    row.items.unshift(item)
    if (row.demand > 0) this.#ready++
  }

  /** `product` has been released. Returns the product whose turn it was and who had no work, if that was another. */
  made({ product, reason }: Turn<P>): P | undefined {
    const planned = this.#sequence.next()
    if (reason === 'substitute') this.#countStandIn(product)
    const row = this.#rows.get(product)
    if (row) row.made++
    if (planned === undefined || planned === product) return undefined
    const passed = this.#rowOf(planned)
    const hadTurn = passed.late < 0
    passed.late = Math.min(this.#maxLate, passed.late + 1)
    if (row) row.late = Math.max(-this.#maxLate, row.late - 1)
    if (hadTurn || this.#isReady(passed)) return undefined
    passed.missed++
    return planned
  }

  lateOf(product: P): number {
    return this.#rows.get(product)?.late ?? 0
  }

  readings(): { [product: string]: ProductReadings } {
    const behind = new Map(Array.from(this.#sequence.entries(), ([product, , units]) => [product, units]))
    return Object.fromEntries(
      Array.from(this.#rows, ([product, { demand, items, made, late, missed }]) => {
        const lack = late + (behind.get(product) ?? 0)
        const ideal = made + lack
        return [product, { demand, waiting: items.size, made, ideal, deviation: 0 - lack, late: late + 0, missed }]
      }),
    )
  }

  #rowOf(product: P): Row<T> {
    return this.#rows.get(product) as Row<T>
  }

  #isReady({ demand, items }: Row<T>): boolean {
    return demand > 0 && (!this.#isQueued || items.size > 0)
  }

  #mostLate(): P | undefined {
    let found: P | undefined
    let most = 0
    for (const [product, row] of this.#rows) {
      if (row.late <= most || !this.#isReady(row)) continue
      most = row.late
      found = product
    }
    return found
  }

  /** Of those that have work, by smooth weighted round robin among themselves. */
  #standIn(): P {
    let found: P | undefined
    let most = Number.NEGATIVE_INFINITY
    for (const [product, row] of this.#rows) {
      if (!this.#isReady(row) || row.standIn + row.demand <= most) continue
      most = row.standIn + row.demand
      found = product
    }
    return found as P
  }

  #countStandIn(product: P): void {
    let total = 0
    for (const [other, row] of this.#rows) {
      // The one that was chosen counts even when its last item is gone.
      if (other !== product && !this.#isReady(row)) row.standIn = 0
      else {
        row.standIn += row.demand
        total += row.demand
      }
    }
    const row = this.#rows.get(product)
    if (row) row.standIn -= total
  }
}
