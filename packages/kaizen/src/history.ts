import { PAGE_BITS } from './buckets.ts'
import { pack, unpack } from './packed.ts'
import { Tally } from './tally.ts'

/** A finished slice that still counts. */
interface Finished {
  readonly slice: number
  readonly tally: Tally
  packed: Uint8Array
}

/** The finished slices of a window, oldest first, each with its counts packed. */
export class History {
  #slices: Finished[] = []
  /** All of them together. Taken anew from the slices: a sum of doubles can't be subtracted from without a rest. */
  tally: Tally = new Tally()

  /** Adds a slice later than all others. */
  add(slice: number, tally: Tally, counts: Iterable<readonly [bucket: number, count: number]>): void {
    const packed = pack((put) => {
      for (const [bucket, count] of counts) put(bucket, count)
    })
    this.#slices.push({ slice, tally, packed })
    this.tally.add(tally)
  }

  /** Forgets the slices up to and including `last`, and gives what their buckets held. Says whether there were any. */
  expire(last: number, take: (bucket: number, count: number) => void): boolean {
    let expired = 0
    for (const { slice, packed } of this.#slices) {
      if (slice > last) break
      expired++
      unpack(packed, take)
    }
    if (expired === 0) return false
    this.#slices.splice(0, expired)
    this.tally = new Tally()
    for (const { tally } of this.#slices) this.tally.add(tally)
    return true
  }

  /** Collapses what lies on pages below `floor`. */
  collapse(floor: number): void {
    for (const slice of this.#slices) {
      let dropped = 0
      slice.packed = pack((put) =>
        unpack(slice.packed, (bucket, count) => {
          if (bucket >> PAGE_BITS < floor) dropped += count
          else put(bucket, count)
        }),
      )
      slice.tally.collapsed += dropped
      this.tally.collapsed += dropped
    }
  }

  clear(): void {
    this.#slices = []
    this.tally = new Tally()
  }
}
