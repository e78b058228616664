import { Chain, Link } from './chain.ts'
import type { Entry } from './entry.ts'
import type { Stock } from './line.ts'
import type { OverloadControl } from './overload.ts'

/** A waiting entry among those of its tenant and, by arrival, among all of its class. */
export class Seat<T> {
  readonly entry: Entry<T>
  readonly at: number
  readonly tenant: Tenant<T>
  readonly own: Link<Seat<T>>
  readonly arrival: Link<Seat<T>>

  constructor(entry: Entry<T>, at: number, tenant: Tenant<T>) {
    this.entry = entry
    this.at = at
    this.tenant = tenant
    this.own = new Link<Seat<T>>(this)
    this.arrival = new Link<Seat<T>>(this)
  }
}

/** The waiting entries of one tenant in one class. It exists only while there are any. */
export class Tenant<T> implements Stock<T> {
  readonly key: string
  readonly weight: number
  readonly control: OverloadControl | undefined
  /** What is left of its turn. */
  deficit = 0
  readonly entries: Chain<Seat<T>> = new Chain()
  readonly turn: Link<Tenant<T>>
  readonly rank: Link<Tenant<T>>
  readonly #remove: (seat: Seat<T>) => void

  constructor(key: string, weight: number, control: OverloadControl | undefined, remove: (seat: Seat<T>) => void) {
    this.key = key
    this.weight = weight
    this.control = control
    this.#remove = remove
    this.turn = new Link<Tenant<T>>(this)
    this.rank = new Link<Tenant<T>>(this)
  }

  get size(): number {
    return this.entries.size
  }

  get oldestAt(): number {
    return this.oldest.at
  }

  get newestAt(): number {
    return this.newest.at
  }

  /** There must be one. */
  get oldest(): Seat<T> {
    return this.entries.first as Seat<T>
  }

  /** There must be one. */
  get newest(): Seat<T> {
    return this.entries.last as Seat<T>
  }

  shift(): Entry<T> {
    return this.#taken(this.oldest)
  }

  pop(): Entry<T> {
    return this.#taken(this.newest)
  }

  #taken(seat: Seat<T>): Entry<T> {
    this.#remove(seat)
    return seat.entry
  }
}
