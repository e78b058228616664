import type { NoDataPolicy } from './rule.ts'

/** What a naive series is made with. */
export interface NaiveRule {
  readonly above: number
  readonly clearAt: number
  readonly forMs: number
  readonly keepFiringMs: number
  readonly noData: NoDataPolicy
  readonly flapHold: { readonly changes: number; readonly withinMs: number; readonly calmMs: number } | undefined
}

type Shown = 'inactive' | 'pending' | 'firing'

/** What is expected of one series, for model tests: every rule of the states written out, with flags. */
export class NaiveSeries {
  last: number | undefined
  wasSeen = false
  shown: Shown = 'inactive'
  isHeld = false
  readonly story: string[] = []
  readonly #rule: NaiveRule
  #breachSince: number | undefined
  #clearSince: number | undefined
  #isFiring = false
  /** All changes since the last hold. */
  #changes: number[] = []

  constructor(rule: NaiveRule) {
    this.#rule = rule
  }

  /** Sees a value. Returns what is told because of it. */
  see(value: number | undefined, now: number): string[] {
    const { above, clearAt, noData } = this.#rule
    const isUnknown = value === undefined && noData === 'keep'
    const isBad = value === undefined ? noData === 'fire' : value > above
    const isGood = value === undefined ? noData === 'resolve' : value <= clearAt
    if (!isUnknown) this.#move(isBad, isGood, now)
    return this.#show(now)
  }

  forget(): string[] {
    const told = this.isHeld ? ['steady'] : []
    if (this.shown !== 'inactive') told.push(this.shown === 'firing' ? 'resolved' : 'inactive')
    this.story.push(...told)
    this.#isFiring = this.wasSeen = this.isHeld = false
    this.last = this.#breachSince = this.#clearSince = undefined
    this.#changes = []
    this.shown = 'inactive'
    return told
  }

  /** Whether it has nothing to be remembered for. */
  isForgettable(now: number): boolean {
    const { noData, flapHold } = this.#rule
    const last = this.#changes.at(-1) ?? -Infinity
    return this.shown === 'inactive' && noData !== 'fire' && !(flapHold && now - last <= flapHold.withinMs)
  }

  #move(isBad: boolean, isGood: boolean, now: number): void {
    const { forMs, keepFiringMs } = this.#rule
    if (this.#isFiring) {
      this.#clearSince = isGood ? (this.#clearSince ?? now) : undefined
      if (this.#clearSince === undefined || now < this.#clearSince + keepFiringMs) return
      this.#isFiring = false
      this.#changes.push(now)
      this.#breachSince = this.#clearSince = undefined
    } else if (!isBad) this.#breachSince = undefined
    else {
      this.#breachSince ??= now
      if (now < this.#breachSince + forMs) return
      this.#isFiring = true
      this.#changes.push(now)
    }
  }

  #show(now: number): string[] {
    const { flapHold } = this.#rule
    const inner = this.#isFiring ? 'firing' : this.#breachSince === undefined ? 'inactive' : 'pending'
    const told: string[] = []
    if (flapHold && !this.isHeld && this.#changes.at(-1) === now) {
      const lately = this.#changes.filter((ms) => now - ms <= flapHold.withinMs)
      if (lately.length > flapHold.changes) {
        if (this.shown !== 'firing') told.push('firing')
        told.push('flapping')
        this.isHeld = true
        this.shown = 'firing'
      }
    } else if (this.isHeld && inner !== 'pending' && now - (this.#changes.at(-1) ?? 0) >= (flapHold?.calmMs ?? 0)) {
      told.push('steady')
      this.isHeld = false
      this.#changes = []
    }
    if (!this.isHeld && inner !== this.shown) {
      told.push(inner !== 'inactive' ? inner : this.shown === 'firing' ? 'resolved' : 'inactive')
      this.shown = inner
    }
    this.story.push(...told)
    return told
  }
}
