import type { LoadOutcome } from './adaptive-limiter-classify.ts'
import type { LimitPermit } from './adaptive-limiter-contract.ts'
import type { Partition } from './adaptive-limiter-places.ts'

/** A place in an adaptive limiter, and what its rule needs to know of the call. */
export class Permit implements LimitPermit {
  readonly #release: (permit: Permit, outcome: LoadOutcome) => void
  /** Whose place it is. */
  readonly partition: Partition
  readonly beganMs: number
  /** How many ran when it began, itself included. */
  readonly inFlight: number
  #isEnded = false

  constructor(
    release: (permit: Permit, outcome: LoadOutcome) => void,
    partition: Partition,
    beganMs: number,
    inFlight: number,
  ) {
    this.#release = release
    this.partition = partition
    this.beganMs = beganMs
    this.inFlight = inFlight
  }

  success(): void {
    this.end('success')
  }

  failure(): void {
    this.end('failure')
  }

  ignore(): void {
    this.end('ignore')
  }

  drop(): void {
    this.end('drop')
  }

  [Symbol.dispose](): void {
    this.end('ignore')
  }

  /** Ends it once. */
  end(outcome: LoadOutcome): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#release(this, outcome)
  }
}
