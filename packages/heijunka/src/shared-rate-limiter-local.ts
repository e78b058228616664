import { type GcraRule, nextTat, waitUntil } from './gcra.ts'
import { GcraKeys, type RateLimitKey } from './gcra-keys.ts'

const SHARED = 0
const nobody = (): boolean => false

/**
 * What one process decides by itself while the store is away. It goes along while the store is there, so that a process
 * that has just used up the rate doesn't begin with a fresh burst.
 */
export class LocalShare {
  readonly #rule: GcraRule
  readonly #keys: GcraKeys

  constructor(rule: GcraRule, maxKeys: number) {
    this.#rule = rule
    this.#keys = new GcraKeys(maxKeys, 1)
  }

  /** How many keys are kept. */
  get size(): number {
    return this.#keys.size
  }

  /** Takes and returns 0, or returns the wait. What costs more than the share's burst goes when the whole burst is there. */
  take(key: RateLimitKey, cost: number, nowMs: number): number {
    const { intervalMs, burstMs } = this.#rule
    const slot = this.#slotOf(key, nowMs)
    const tat = this.#keys.tats[slot] as number
    const waitMs = waitUntil(tat - Math.max(0, burstMs - cost * intervalMs), nowMs)
    if (waitMs === 0) this.#keys.tats[slot] = nextTat(this.#rule, tat, cost, nowMs)
    return waitMs
  }

  /** The store has admitted this. It counts here too, as far as there is a burst to lose. */
  note(key: RateLimitKey, cost: number, nowMs: number): void {
    const slot = this.#slotOf(key, nowMs)
    const tat = nextTat(this.#rule, this.#keys.tats[slot] as number, cost, nowMs)
    this.#keys.tats[slot] = Math.min(tat, nowMs + this.#rule.burstMs)
  }

  #slotOf(key: RateLimitKey, nowMs: number): number {
    const slot = this.#keys.find(key)
    if (slot !== undefined) return slot
    const claimed = this.#keys.claim(key, nowMs, nobody)
    if (claimed === undefined) return SHARED
    this.#keys.tats[claimed] = this.#keys.tats[SHARED] as number
    return claimed
  }
}
