import { setTimeout as wait } from 'node:timers/promises'
import type { Answer } from './answer.ts'
import type { Tally } from './tally.ts'

/** What an open loop works with. The last two are for tests. */
export interface OpenLoopOptions {
  /** Sends signal number `index`. Never rejects. */
  readonly send: (index: number) => Promise<Answer>
  /** How many may be without an answer at once. More are dropped and counted: memory stays bounded. */
  readonly maxInFlight: number
  readonly now?: () => number
  readonly wait?: (ms: number) => Promise<unknown>
}

/**
 * Sends signals when they are due, however long the answers to others take, as callers who know nothing of each other
 * do. Latency is counted from the moment a signal was due: a service that stalls makes all wait that should have been
 * sent meanwhile, and all of them show it (no coordinated omission). Timers of the platform make it send up to 1 ms late.
 */
export class OpenLoop {
  readonly #options: Required<OpenLoopOptions>
  readonly #inFlight = new Set<Promise<void>>()
  #index = 0

  constructor({ now = () => performance.now(), wait: waitMs = wait, ...options }: OpenLoopOptions) {
    this.#options = { ...options, now, wait: waitMs }
  }

  /** How many signals have no answer yet. */
  get inFlight(): number {
    return this.#inFlight.size
  }

  /**
   * Sends one signal at each of `offsets`, in ms after `startMs`, and resolves when the last one is on its way.
   * Each is counted in all of `tallies`. Ends early when `signal` aborts.
   */
  async run(
    offsets: Iterable<number>,
    startMs: number,
    tallies: () => readonly Tally[],
    signal?: AbortSignal,
  ): Promise<void> {
    const { now, wait: waitMs, maxInFlight } = this.#options
    for (const offset of offsets) {
      const dueMs = startMs + offset
      for (let restMs = dueMs - now(); restMs > 0; restMs = dueMs - now()) await waitMs(restMs)
      if (signal?.aborted) return
      const counting = tallies()
      if (this.#inFlight.size >= maxInFlight) for (const tally of counting) tally.drop()
      else this.#send(dueMs, counting)
    }
  }

  /** Resolves once all that were sent are answered. */
  async settled(): Promise<void> {
    await Promise.all(this.#inFlight)
  }

  #send(dueMs: number, tallies: readonly Tally[]): void {
    const { now, send } = this.#options
    const lagMs = now() - dueMs
    for (const tally of tallies) tally.send(lagMs)
    const answered: Promise<void> = send(this.#index++).then((answer) => {
      const latencyMs = now() - dueMs
      for (const tally of tallies) tally.answer(answer, latencyMs)
      this.#inFlight.delete(answered)
    })
    this.#inFlight.add(answered)
  }
}
