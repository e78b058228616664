import { type Clock, checkNumber } from '@tps/internal'
import type { CheckedSlo } from './slo-options.ts'
import { FIRST_SLOT_MS, type Period, calendarBounds } from './slo-period.ts'
import { type Counts, type SavedTier, SloRing, type WindowCounts } from './slo-ring.ts'

/**
 * The events of an SLO in time. Time is the clock's; the wall clock is read once, to know where in the calendar that is,
 * so that a change of the wall clock moves nothing while this runs.
 */
export class SloCounts {
  readonly #unit: Period['unit']
  readonly #periodMs: number
  readonly #clock: Clock
  /** The wall clock's time less the clock's. */
  readonly #wallOffsetMs: number
  readonly #ring: SloRing
  readonly #open: Counts = { total: 0, bad: 0 }
  /** When the present slice ends, by the clock. */
  #endMs: number

  constructor({ period, baseMs, clock, wallNow }: Pick<CheckedSlo, 'period' | 'baseMs' | 'clock' | 'wallNow'>) {
    const wallMs = checkNumber('wallNow()', wallNow(), { min: 0, max: 1e14 })
    this.#unit = period.unit
    this.#periodMs = period.nominalMs
    this.#clock = clock
    this.#wallOffsetMs = wallMs - clock.now()
    this.#ring = new SloRing(baseMs, period.slots, wallMs - FIRST_SLOT_MS)
    this.#endMs = this.#sliceEnd()
  }

  get baseMs(): number {
    return this.#ring.baseMs
  }

  /** Counts events, and says whether a slice ended before them. */
  add(total: number, bad: number, now: number = this.#clock.now()): boolean {
    const hasEnded = now >= this.#endMs && now < Number.POSITIVE_INFINITY
    if (hasEnded) this.#flush(now)
    this.#open.total += total
    this.#open.bad += bad
    return hasEnded
  }

  /** The present moment, by the clock. What is too old by now is gone afterwards. */
  present(): number {
    const now = this.#clock.now()
    if (now >= this.#endMs) this.#flush(now)
    return now
  }

  /** The wall clock's time of a moment of the clock. */
  wallAt(now: number): number {
    return now + this.#wallOffsetMs
  }

  /** When the calendar period ends, by the wall clock; `undefined` for a rolling one. */
  renewsAt(now: number): number | undefined {
    return this.#unit === undefined ? undefined : calendarBounds(this.#unit, this.wallAt(now)).endMs
  }

  window(windowMs: number, now: number): WindowCounts {
    return this.#withOpen(this.#ring.window(windowMs, this.#ringTime(now)))
  }

  period(now: number): WindowCounts {
    if (this.#unit === undefined) return this.window(this.#periodMs, now)
    const { startMs } = calendarBounds(this.#unit, this.wallAt(now))
    return this.#withOpen(this.#ring.since(startMs - FIRST_SLOT_MS, this.#ringTime(now)))
  }

  /** What leaves a rolling period, and when. */
  leaving(now: number): { slots: Iterable<Readonly<Counts>>; firstMs: number; slotMs: number } {
    this.#flush(now)
    const { coarseMs: slotMs } = this.#ring
    return { slots: this.#ring.coarse(), firstMs: slotMs - (this.#ringTime(now) % slotMs), slotMs }
  }

  save(): { baseMs: number; tiers: SavedTier[] } {
    this.#flush(this.#clock.now())
    return { baseMs: this.#ring.baseMs, tiers: this.#ring.save() }
  }

  restore(tiers: readonly SavedTier[]): void {
    this.#flush(this.#clock.now())
    this.#ring.restore(tiers)
  }

  /** Counts what is open in its slot, and moves on to the one of `now`. */
  #flush(now: number): void {
    this.#ring.advance(this.#ringTime(now), this.#open)
    this.#endMs = this.#sliceEnd()
  }

  #withOpen({ total, bad, coveredMs }: WindowCounts): WindowCounts {
    return { total: total + this.#open.total, bad: bad + this.#open.bad, coveredMs }
  }

  #ringTime(now: number): number {
    return now + this.#wallOffsetMs - FIRST_SLOT_MS
  }

  #sliceEnd(): number {
    return this.#ring.endMs + FIRST_SLOT_MS - this.#wallOffsetMs
  }
}
