import type { Settlement } from './entry.ts'

/** How long keys are remembered. */
export interface KeyMemory {
  readonly windowMs: number
  readonly maxKeys: number
}

/** The keys of what is in the queue, and of what was acknowledged lately. */
export class Keys {
  readonly #windowMs: number
  readonly #maxKeys: number
  readonly #held = new Set<string>()
  /** Until when acknowledged ones are remembered, the first to be forgotten first. */
  readonly #recent = new Map<string, number>()
  /** Total of keys forgotten before their time, because there were `maxKeys`. */
  forgotten = 0

  constructor({ windowMs, maxKeys }: KeyMemory) {
    this.#windowMs = windowMs
    this.#maxKeys = maxKeys
  }

  /** How many are held or remembered. */
  get size(): number {
    return this.#held.size + this.#recent.size
  }

  /** Whether an item with this key would be a duplicate. */
  has(key: string, nowMs: number): boolean {
    return this.#held.has(key) || (this.#recent.get(key) ?? Number.NEGATIVE_INFINITY) > nowMs
  }

  hold(key: string, nowMs: number): void {
    this.#held.add(key)
    if (this.#recent.size > 0) this.#forgetOld(nowMs)
  }

  /** Its item has left. Only what was done is remembered: what was not may come again. */
  release(key: string, how: Settlement | undefined, nowMs: number): void {
    this.#held.delete(key)
    if (how !== 'acked' || this.#windowMs === 0) return
    this.#forgetOld(nowMs)
    this.#recent.delete(key)
    if (this.#recent.size >= this.#maxKeys) this.#forgetOldest()
    this.#recent.set(key, nowMs + this.#windowMs)
  }

  #forgetOld(nowMs: number): void {
    for (const [key, untilMs] of this.#recent) {
      if (untilMs > nowMs) return
      this.#recent.delete(key)
    }
  }

  #forgetOldest(): void {
    for (const key of this.#recent.keys()) {
      this.#recent.delete(key)
      this.forgotten++
      return
    }
  }
}
