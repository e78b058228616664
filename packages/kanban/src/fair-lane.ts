import { Chain } from './chain.ts'
import type { Entry, Slot } from './entry.ts'
import { type End, type Line, NOTHING, type Victim } from './line.ts'
import type { OverloadControl } from './overload.ts'
import { Ranking } from './ranking.ts'
import { Seat, Tenant } from './tenant.ts'

/** What a lane needs to be fair. */
export interface Fairness {
  /** How many times the share of a tenant of weight 1. At least 1. */
  readonly weightOf: (tenant: string) => number
  /** Whether items may have to make room for others. */
  readonly sacrifices: boolean
}

/**
 * The waiting items of one class, whose tenants take turns: deficit round robin. Every item in it is an entry.
 *
 * A tenant's turn is worth a quantum, times its weight; what is left of it, too little for the next item, is kept for its
 * next turn, and lost when it has nothing more. The quantum is the largest cost seen since the lane was last empty, so that
 * every turn brings at least one item and every operation is O(1). Between two tenants that both always have something
 * waiting, what they got differs from their share by less than two quanta, times the weight.
 * Source: M. Shreedhar, G. Varghese, "Efficient Fair Queueing Using Deficit Round Robin", SIGCOMM 1995.
 */
export class FairLane<T> implements Line<T> {
  readonly #weightOf: (tenant: string) => number
  readonly #newControl: () => OverloadControl | undefined
  /** Those that have something waiting, and no others. */
  readonly #tenants = new Map<string, Tenant<T>>()
  /** In the order of their turns. */
  readonly #turns = new Chain<Tenant<T>>()
  readonly #arrivals = new Chain<Seat<T>>()
  readonly #ranking: Ranking<T> | undefined
  #quantum = 0
  /** Whether the first tenant has been given the quantum of this turn. */
  #isGranted = false
  #chosen: Seat<T> | undefined

  constructor({ weightOf, sacrifices }: Fairness, newControl: () => OverloadControl | undefined) {
    this.#weightOf = weightOf
    this.#newControl = newControl
    this.#ranking = sacrifices ? new Ranking() : undefined
  }

  get size(): number {
    return this.#arrivals.size
  }

  /** How many tenants have something waiting. */
  get tenants(): number {
    return this.#tenants.size
  }

  get oldestAt(): number {
    return (this.#arrivals.first as Seat<T>).at
  }

  push(entry: Entry<T>, at: number): void {
    this.#sit(entry, at, undefined)
  }

  // oxlint-disable-next-line class-methods-use-this -- belongs to the others.
  pushBare(): void {
    throw new Error('a bare item has no tenant')
  }

  giveBack(entry: Entry<T>, at: number): void {
    const tenant = this.#tenants.get(tenantOf(entry))
    let next: Seat<T> | undefined
    if (tenant) {
      // Its turn was not used.
      tenant.deficit += costOf(entry)
      for (const seat of tenant.entries) {
        if (seat.entry.order > 0 && seat.entry.order < entry.order) continue
        next = seat
        break
      }
    }
    this.#sit(entry, next?.at ?? at, next)
  }

  choose(nowMs: number, shed: Victim<T>[]): Slot<T> | typeof NOTHING {
    for (let tenant = this.#turns.first; tenant; tenant = this.#turns.first) {
      const { control } = tenant
      control?.shed(tenant, nowMs, shed)
      if (tenant.size === 0) continue
      const seat = control?.prefersNewest(nowMs) ? tenant.newest : tenant.oldest
      if (this.#affords(tenant, costOf(seat.entry))) {
        this.#chosen = seat
        return seat.entry
      }
      this.#isGranted = false
      this.#turns.remove(tenant.turn)
      this.#turns.append(tenant.turn)
    }
    return NOTHING
  }

  take(): Slot<T> {
    const seat = this.#chosen as Seat<T>
    seat.tenant.deficit -= costOf(seat.entry)
    return this.discard()
  }

  discard(): Slot<T> {
    const seat = this.#chosen as Seat<T>
    this.#rise(seat)
    return seat.entry
  }

  /** Of the tenant that has most waiting: who floods the lane displaces itself (RFC 8290, section 4.1). */
  sacrifice(end: End): Slot<T> {
    const fattest = (this.#ranking as Ranking<T>).fattest
    return end === 'oldest' ? fattest.shift() : fattest.pop()
  }

  forget(entry: Entry<T>): void {
    this.#rise(entry.node as Seat<T>)
  }

  clear(): Slot<T>[] {
    const seats = [...this.#arrivals]
    for (const seat of seats) this.#rise(seat)
    return seats.map(({ entry }) => entry)
  }

  *[Symbol.iterator](): Generator<Slot<T>, void, undefined> {
    for (const { entry } of this.#arrivals) yield entry
  }

  #affords(tenant: Tenant<T>, cost: number): boolean {
    if (cost > this.#quantum) this.#quantum = cost
    if (!this.#isGranted) {
      this.#isGranted = true
      tenant.deficit += this.#quantum * tenant.weight
    }
    return cost <= tenant.deficit
  }

  #sit(entry: Entry<T>, at: number, next: Seat<T> | undefined): void {
    const tenant = this.#tenantFor(tenantOf(entry), at)
    const seat = new Seat(entry, at, tenant)
    entry.node = seat
    tenant.entries.insertBefore(seat.own, next?.own)
    this.#arrivals.insertBefore(seat.arrival, next?.arrival)
    this.#ranking?.changed(tenant)
  }

  #tenantFor(key: string, at: number): Tenant<T> {
    let tenant = this.#tenants.get(key)
    if (tenant) return tenant
    tenant = new Tenant<T>(key, this.#weightOf(key), this.#newControl(), this.#rise)
    tenant.control?.began(at)
    this.#tenants.set(key, tenant)
    this.#turns.append(tenant.turn)
    return tenant
  }

  /** Takes a seat away, and with the last one its tenant. */
  readonly #rise = (seat: Seat<T>): void => {
    const { tenant } = seat
    seat.entry.node = undefined
    tenant.entries.remove(seat.own)
    this.#arrivals.remove(seat.arrival)
    this.#ranking?.changed(tenant)
    if (this.#chosen === seat) this.#chosen = undefined
    if (tenant.size > 0) return
    if (this.#turns.first === tenant) this.#isGranted = false
    this.#turns.remove(tenant.turn)
    this.#tenants.delete(tenant.key)
    if (this.#tenants.size === 0) this.#quantum = 0
  }
}

function tenantOf<T>({ extras }: Entry<T>): string {
  return extras?.tenant ?? ''
}

function costOf<T>({ extras }: Entry<T>): number {
  return extras?.cost ?? 1
}
