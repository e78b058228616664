/** Keeps a circuit in a state that was asked for until it is released. `using` releases it at the end of the block. */
export interface Hold extends Disposable {
  /** What was given for it. */
  readonly reason: string | undefined
  /** Lets go. Does nothing the second time. */
  release(): void
}

/** What a circuit is held in. */
export type HeldState = 'forced-open' | 'disabled'

/** Who holds a circuit at present. */
export class Holds {
  readonly #held: Readonly<Record<HeldState, Set<Hold>>> = { 'forced-open': new Set(), disabled: new Set() }
  readonly #changed: (event: 'hold' | 'release', held: HeldState, reason: string | undefined) => void

  /** `changed` is called after each hold and each release. */
  constructor(changed: (event: 'hold' | 'release', held: HeldState, reason: string | undefined) => void) {
    this.#changed = changed
  }

  /** What the circuit is held in. Who stops the line is stronger than who lets everything through. */
  get state(): HeldState | undefined {
    if (this.sizeOf('forced-open') > 0) return 'forced-open'
    return this.sizeOf('disabled') > 0 ? 'disabled' : undefined
  }

  sizeOf(held: HeldState): number {
    return this.#held[held].size
  }

  reasonsOf(held: HeldState): (string | null)[] {
    return Array.from(this.#held[held], ({ reason }) => reason ?? null)
  }

  take(held: HeldState, reason: string | undefined): Hold {
    const release = (): void => {
      if (this.#held[held].delete(hold)) this.#changed('release', held, reason)
    }
    const hold: Hold = { reason, release, [Symbol.dispose]: release }
    this.#held[held].add(hold)
    this.#changed('hold', held, reason)
    return hold
  }
}
