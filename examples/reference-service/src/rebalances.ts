import type { Rebalance } from '@tps/heijunka'

/** How many are kept. */
const KEPT = 20

/** One time that lanes were rebalanced. */
export interface RebalanceRecord {
  /** Wall clock, ms since 1970. */
  readonly at: number
  /** The imbalance it found, and the one it left. */
  readonly before: number
  readonly after: number
  readonly moved: number
  readonly moves: readonly { readonly from: number; readonly to: number; readonly count: number }[]
}

/** The last times that lanes were rebalanced. */
export class RebalanceLog {
  readonly #records: RebalanceRecord[] = []

  add({ before, after, moved, moves }: Rebalance): void {
    this.#records.push({ at: Date.now(), before, after, moved, moves })
    if (this.#records.length > KEPT) this.#records.shift()
  }

  /** The latest last. */
  get records(): readonly RebalanceRecord[] {
    return [...this.#records]
  }
}
