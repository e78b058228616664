import { type Place, WaitList } from './wait-list.ts'

/** One who waits for a place. */
export interface PlaceWaiter {
  /** The longer it waits, the smaller. */
  readonly order: number
  readonly admit: () => void
  readonly reject: (error: unknown) => void
}

/** The calls of one class. */
export class Partition {
  readonly name: string | undefined
  readonly share: number
  readonly waiters: WaitList<PlaceWaiter> = new WaitList<PlaceWaiter>()
  inFlight = 0

  constructor(name: string | undefined, share: number) {
    this.name = name
    this.share = share
  }

  /** How many places are its own, of `limit`. */
  guaranteed(limit: number): number {
    // Shares such as 0.29 of 100 lie within rounding of a whole number.
    return Math.floor(this.share * limit + 1e-9)
  }

  /** How many of its own places it doesn't use at present. */
  unused(limit: number): number {
    return Math.max(0, this.guaranteed(limit) - this.inFlight)
  }
}

/**
 * Who may take a place. A class takes its own places, and those that are nobody's; the unused places of others stay free,
 * so that their guarantee holds at once. In flight is never brought above the limit. O(classes).
 */
export class Places {
  readonly #classes: readonly Partition[]
  readonly #byName: ReadonlyMap<string, Partition>
  /** Calls without a class. */
  readonly #rest = new Partition(undefined, 0)
  readonly #all: readonly Partition[]
  #inFlight = 0
  #queued = 0

  constructor(shares: ReadonlyMap<string, number>) {
    this.#classes = [...shares].map(([name, share]) => new Partition(name, share))
    this.#byName = new Map(this.#classes.map((partition) => [partition.name ?? '', partition]))
    this.#all = [...this.#classes, this.#rest]
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get queued(): number {
    return this.#queued
  }

  /** The classes that have a name. */
  get classes(): readonly Partition[] {
    return this.#classes
  }

  /** The partition of a class; that of all calls without one for `undefined`. */
  find(name: string | undefined): Partition {
    if (name === undefined) return this.#rest
    const found = this.#byName.get(name)
    if (!found) throw new RangeError(`class must be one of the partitions, got ${JSON.stringify(name)}`)
    return found
  }

  /** Takes a place for a newcomer, who never overtakes its own class. */
  tryEnter(partition: Partition, limit: number): boolean {
    if (partition.waiters.size > 0 || !this.#hasRoom(partition, limit)) return false
    this.#enter(partition)
    return true
  }

  leave(partition: Partition): void {
    partition.inFlight--
    this.#inFlight--
  }

  join(partition: Partition, waiter: PlaceWaiter): Place<PlaceWaiter> {
    this.#queued++
    return partition.waiters.join(waiter)
  }

  giveUp(partition: Partition, place: Place<PlaceWaiter>): void {
    this.#queued--
    partition.waiters.leave(place)
  }

  /**
   * Takes a place for one who waits and returns who that is; `undefined` when nobody may. Those with unused places of their
   * own come first, then who has waited longest.
   */
  next(limit: number): PlaceWaiter | undefined {
    let chosen: Partition | undefined
    for (const partition of this.#all) {
      if (!partition.waiters.first || !this.#hasRoom(partition, limit)) continue
      if (!chosen || isBefore(partition, chosen, limit)) chosen = partition
    }
    const place = chosen?.waiters.first
    if (!chosen || !place) return undefined
    this.giveUp(chosen, place)
    this.#enter(chosen)
    return place.value
  }

  /** Everybody who waits leaves. */
  drain(): PlaceWaiter[] {
    const drained: PlaceWaiter[] = []
    for (const partition of this.#all) {
      for (let place = partition.waiters.first; place; place = partition.waiters.first) {
        this.giveUp(partition, place)
        drained.push(place.value)
      }
    }
    return drained
  }

  #enter(partition: Partition): void {
    partition.inFlight++
    this.#inFlight++
  }

  #hasRoom(partition: Partition, limit: number): boolean {
    const free = limit - this.#inFlight
    if (free <= 0) return false
    if (this.#classes.length === 0 || partition.unused(limit) > 0) return true
    let kept = 0
    for (const other of this.#classes) kept += other.unused(limit)
    return free > kept
  }
}

function isBefore(one: Partition, other: Partition, limit: number): boolean {
  const [hasOwn, otherHasOwn] = [one.unused(limit) > 0, other.unused(limit) > 0]
  if (hasOwn !== otherHasOwn) return hasOwn
  return (one.waiters.first?.value.order ?? 0) < (other.waiters.first?.value.order ?? 0)
}
