/** Keeps a circuit in a forced state until it is released. `using` releases it at the end of the block. */
export interface Hold extends Disposable {
  /** What was given for it. */
  readonly reason: string | undefined
  /** Lets go. Does nothing the second time. */
  release(): void
}

/** Who holds a circuit at present. */
export class Holds {
  readonly #held = new Set<Hold>()
  readonly #changed: (event: 'hold' | 'release', reason: string | undefined) => void

  /** `changed` is called after each hold and each release. */
  constructor(changed: (event: 'hold' | 'release', reason: string | undefined) => void) {
    this.#changed = changed
  }

  get size(): number {
    return this.#held.size
  }

  get reasons(): (string | null)[] {
    return Array.from(this.#held, ({ reason }) => reason ?? null)
  }

  take(reason: string | undefined): Hold {
    const release = (): void => {
      if (this.#held.delete(hold)) this.#changed('release', reason)
    }
    const hold: Hold = { reason, release, [Symbol.dispose]: release }
    this.#held.add(hold)
    this.#changed('hold', reason)
    return hold
  }
}
