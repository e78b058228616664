import { NEVER } from './gcra.ts'

/** What a rate is counted by. Compared as a `Map` does: `1` and `'1'` are two keys. */
export type RateLimitKey = string | number

/** Slots that each new key looks at: two, so that keys can be dropped twice as fast as they come. */
const SWEEP = 2
/** Where there is no room it looks further, for one, within bounds. */
const SWEEP_WHEN_FULL = 64
/** For how long idle keys are kept while there is room: making a slot costs five times as much as finding it. */
const KEEP_IDLE_MS = 60_000
const FIRST_SLOTS = 64

/**
 * The theoretical arrival times of many keys: a map from key to slot, and one number a slot. A key whose TAT is past says
 * nothing any more, so that dropping it forgives nothing. New keys pay for that: each looks at the next slots, in turn, and
 * frees those that have been idle for a minute, or, where there is no room, are idle at all. So memory follows the keys
 * that are used, without a timer, and a decision about a known key is one look-up. Some slots are set apart for other uses
 * than keys.
 */
export class GcraKeys {
  /** The TATs by slot. Replaced when it grows: read it anew after `claim`. */
  tats: Float64Array
  readonly #slots = new Map<RateLimitKey, number>()
  /** The keys by slot; `undefined` for free ones. */
  readonly #keys: (RateLimitKey | undefined)[]
  readonly #free: number[] = []
  readonly #apart: number
  readonly #end: number
  #hand: number

  /** Room for `maxKeys` keys behind `apart` slots for other uses. */
  constructor(maxKeys: number, apart: number) {
    this.#apart = apart
    this.#end = apart + maxKeys
    this.#hand = apart
    this.#keys = new Array<undefined>(apart).fill(undefined)
    this.tats = new Float64Array(Math.min(this.#end, FIRST_SLOTS)).fill(NEVER)
  }

  /** How many keys are kept, those that are idle and not yet dropped included. */
  get size(): number {
    return this.#slots.size
  }

  /** The slot of a key; `undefined` for one that is not kept. */
  find(key: RateLimitKey): number | undefined {
    return this.#slots.get(key)
  }

  /** The key whose slot this is; `undefined` for a slot of other uses. */
  keyAt(slot: number): RateLimitKey | undefined {
    return this.#keys[slot]
  }

  /**
   * Makes room for a key that is not kept and returns its slot; `undefined` when no slot was found that is free or idle
   * at `nowMs`. An idle key that `isHeld` is kept.
   */
  claim(key: RateLimitKey, nowMs: number, isHeld: (slot: number) => boolean): number | undefined {
    this.#sweep(SWEEP, nowMs - KEEP_IDLE_MS, isHeld)
    for (let step = 0; step < SWEEP_WHEN_FULL && this.#isFull(); step++) this.#sweep(1, nowMs, isHeld)
    const slot = this.#free.pop() ?? this.#append()
    if (slot === undefined) return undefined
    this.#slots.set(key, slot)
    this.#keys[slot] = key
    this.tats[slot] = NEVER
    return slot
  }

  #append(): number | undefined {
    const slot = this.#keys.length
    if (slot >= this.#end) return undefined
    this.#keys.push(undefined)
    if (slot >= this.tats.length) {
      const grown = new Float64Array(Math.min(this.#end, this.tats.length * 2))
      grown.set(this.tats)
      this.tats = grown
    }
    return slot
  }

  #isFull(): boolean {
    return this.#free.length === 0 && this.#keys.length >= this.#end
  }

  /** Frees those of the next slots that were idle at `idleAtMs`. */
  #sweep(count: number, idleAtMs: number, isHeld: (slot: number) => boolean): void {
    const used = this.#keys.length
    for (let step = Math.min(count, used - this.#apart); step > 0; step--) {
      if (this.#hand >= used) this.#hand = this.#apart
      const slot = this.#hand++
      const key = this.#keys[slot]
      if (key === undefined || (this.tats[slot] as number) > idleAtMs || isHeld(slot)) continue
      this.#slots.delete(key)
      this.#keys[slot] = undefined
      this.#free.push(slot)
    }
  }
}
