/** Events of a stretch of time. */
export interface Counts {
  total: number
  bad: number
}

/** Counts of a window, and how much time it really covers. */
export interface WindowCounts extends Readonly<Counts> {
  readonly coveredMs: number
}

/** What a tier holds, as [slot, total, bad] of the slots that are not empty. */
export type SavedTier = readonly (readonly [slot: number, total: number, bad: number])[]

/** One resolution: the last slots of a length, in a ring. */
class Tier {
  /** How many base slices make a slot. */
  readonly factor: number
  readonly size: number
  readonly totals: Float64Array
  readonly bads: Float64Array
  /** Number of the present slot. */
  last: number

  constructor(factor: number, size: number, base: number) {
    this.factor = factor
    this.size = size
    this.totals = new Float64Array(size)
    this.bads = new Float64Array(size)
    this.last = Math.floor(base / factor)
  }

  /** Moves on to the slot of a base slice, and clears what it passes. */
  advance(base: number): void {
    const slot = Math.floor(base / this.factor)
    for (let passed = Math.max(this.last + 1, slot - this.size + 1); passed <= slot; passed++) {
      this.totals[passed % this.size] = 0
      this.bads[passed % this.size] = 0
    }
    this.last = slot
  }

  add(slot: number, total: number, bad: number): void {
    ;(this.totals[slot % this.size] as number) += total
    ;(this.bads[slot % this.size] as number) += bad
  }
}

/** Slots of the two finer tiers. With slots of 15 s and 5 min they hold an hour and a day. */
const FINE = { factor: 1, size: 240 }
const MIDDLE = { factor: 20, size: 288 }
/** Base slices in a slot of the coarsest tier: an hour of 15 s. */
const COARSE_FACTOR = 240

/**
 * Good and bad events by time, at three resolutions: the last 1/720 of a period in 240 slots, the last 1/30 in 288, and
 * all of it in 720 (up to 744 for a calendar unit). For 30 days these are 15 s, 5 min and 1 h. Every count is in each
 * tier, so that a window is summed from one of them: at most 744 additions. 20 KB in all, whatever the traffic.
 */
export class SloRing {
  readonly baseMs: number
  readonly #tiers: readonly [Tier, Tier, Tier]
  /** Number of the base slice that is being filled. */
  #base: number

  /** `wallMs` is now, counted from a moment that is always the same, so that a restart finds the same slots. */
  constructor(baseMs: number, coarseSlots: number, wallMs: number) {
    this.baseMs = baseMs
    this.#base = Math.floor(wallMs / baseMs)
    this.#tiers = [
      new Tier(FINE.factor, FINE.size, this.#base),
      new Tier(MIDDLE.factor, MIDDLE.size, this.#base),
      new Tier(COARSE_FACTOR, coarseSlots, this.#base),
    ]
  }

  /** Bytes of the slots. */
  get bytes(): number {
    return this.#tiers.reduce((sum, { totals, bads }) => sum + totals.byteLength + bads.byteLength, 0)
  }

  /** When the present base slice ends. */
  get endMs(): number {
    return (this.#base + 1) * this.baseMs
  }

  /** Counts `open` in the present slice and moves on to the one of `wallMs`. Never back. Leaves `open` empty. */
  advance(wallMs: number, open: Counts): void {
    // The division may put a moment that has come to `endMs` in the slice before.
    const base = Math.max(wallMs >= this.endMs ? this.#base + 1 : this.#base, Math.floor(wallMs / this.baseMs))
    for (const tier of this.#tiers) {
      if (open.total > 0) tier.add(tier.last, open.total, open.bad)
      tier.advance(base)
    }
    open.total = 0
    open.bad = 0
    this.#base = base
  }

  /** Counts of the last `windowMs`: the present slot and whole ones before it, of the finest tier that reaches back. */
  window(windowMs: number, wallMs: number): WindowCounts {
    for (const tier of this.#tiers) {
      const slots = Math.max(1, Math.round(windowMs / (tier.factor * this.baseMs)))
      if (slots <= tier.size || tier.factor === COARSE_FACTOR)
        return this.#sum(tier, Math.min(slots, tier.size), wallMs)
    }
    throw new RangeError('unreachable: the coarsest tier takes every window')
  }

  /** Counts since `startMs`, a border of coarse slots. */
  since(startMs: number, wallMs: number): WindowCounts {
    const [, , tier] = this.#tiers
    const first = Math.round(startMs / (COARSE_FACTOR * this.baseMs))
    return this.#sum(tier, Math.min(tier.size, Math.max(1, tier.last - first + 1)), wallMs)
  }

  /** The coarse slots in the order in which they will leave, the present one last. */
  *coarse(): Generator<Readonly<Counts>, void, undefined> {
    const [, , { totals, bads, size, last }] = this.#tiers
    for (let slot = last - size + 1; slot <= last; slot++) {
      yield { total: totals[slot % size] as number, bad: bads[slot % size] as number }
    }
  }

  /** How long a coarse slot is. */
  get coarseMs(): number {
    return COARSE_FACTOR * this.baseMs
  }

  save(): SavedTier[] {
    return this.#tiers.map(({ totals, bads, size, last }) => {
      const saved: [number, number, number][] = []
      for (let slot = Math.max(0, last - size + 1); slot <= last; slot++) {
        const total = totals[slot % size] as number
        if (total > 0) saved.push([slot, total, bads[slot % size] as number])
      }
      return saved
    })
  }

  /** Adds what was saved. Slots that are too old are left out; those in the future count as the present one. */
  restore(saved: readonly SavedTier[]): void {
    for (const [index, tier] of this.#tiers.entries()) {
      for (const [slot, total, bad] of saved[index] ?? []) {
        if (slot > tier.last - tier.size) tier.add(Math.min(slot, tier.last), total, bad)
      }
    }
  }

  #sum({ totals, bads, size, last, factor }: Tier, slots: number, wallMs: number): WindowCounts {
    let [total, bad] = [0, 0]
    for (let at = last % size, left = slots; left > 0; left--) {
      total += totals[at] as number
      bad += bads[at] as number
      at = at === 0 ? size - 1 : at - 1
    }
    const slotMs = factor * this.baseMs
    return { total, bad, coveredMs: Math.max(0, wallMs - (last - slots + 1) * slotMs) }
  }
}
