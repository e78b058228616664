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
  readonly #nowMs: () => number
  readonly #held = new Set<string>()
  /** Until when acknowledged ones are remembered, the first to be forgotten first. */
  readonly #recent = new Map<string, number>()
  /** Total of keys forgotten before their time, because there were `maxKeys`. */
  forgotten = 0

  constructor({ windowMs, maxKeys }: KeyMemory, nowMs: () => number) {
    this.#windowMs = windowMs
    this.#maxKeys = maxKeys
    this.#nowMs = nowMs
  }

  /** How many are held or remembered. */
  get size(): number {
    return this.#held.size + this.#recent.size
  }

  /** Whether an item with this key would be a duplicate. */
  has(key: string): boolean {
    if (this.#held.has(key)) return true
    if (this.#recent.size === 0) return false
    const untilMs = this.#recent.get(key)
    return untilMs !== undefined && untilMs > this.#nowMs()
  }

  hold(key: string): void {
    this.#held.add(key)
    if (this.#recent.size > 0) this.#forgetOld(this.#nowMs())
  }

  /** Its item has left. Only what was done is remembered: what was not may come again. */
  release(key: string, how: Settlement | undefined): void {
    this.#held.delete(key)
    if (how !== 'acked' || this.#windowMs === 0) return
    const nowMs = this.#nowMs()
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
