import { expect } from 'vitest'
import type { RunningPlatform } from './platform.ts'
import { until } from './service.ts'

const CLIENTS = 8

/** Clients that send one batch after the other, each sample with a number of its own, and note what was acknowledged. */
export class Load {
  /** The first number of each batch that got a 202. */
  readonly acknowledged: number[] = []
  readonly statuses = new Map<number, number>()
  readonly #size: number
  #next = 0
  #isStopped = false

  constructor(batchSize: number) {
    this.#size = batchSize
  }

  /** Sends until the platform goes, or `stop`. */
  async run(platform: RunningPlatform): Promise<void> {
    this.#isStopped = false
    await Promise.all(Array.from({ length: CLIENTS }, async () => await this.#client(platform)))
  }

  stop(): void {
    this.#isStopped = true
  }

  /** Every number that was acknowledged. */
  numbers(): readonly number[] {
    return this.acknowledged.flatMap((first) => Array.from({ length: this.#size }, (_, index) => first + index))
  }

  async #client(platform: RunningPlatform): Promise<void> {
    while (!this.#isStopped) {
      const first = this.#next
      this.#next += this.#size
      const values = Array.from({ length: this.#size }, (_, index) => first + index)
      try {
        const { status } = await platform.post({ columns: { name: 'load', tags: { k: String(first % 7) }, values } })
        this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
        if (status === 202) this.acknowledged.push(first)
        else await new Promise((resolve) => void setTimeout(resolve, 20))
      } catch {
        return
      }
    }
  }
}

async function stored(platform: RunningPlatform): Promise<readonly number[]> {
  const all = await platform.query({ name: 'load', start: 0 })
  return all.map(({ value }) => Number(value))
}

/** Every acknowledged number is there, now or soon, and none of them twice. */
export async function expectAllStored(load: Load, platform: RunningPlatform): Promise<void> {
  const acknowledged = load.numbers()
  const missingIn = (values: ReadonlySet<number>): number => acknowledged.filter((number) => !values.has(number)).length
  // What was not acknowledged may be there as well, so counting is not enough.
  const values = await until(
    async () => await stored(platform),
    (all) => missingIn(new Set(all)) === 0,
    12_000,
  )
  expect(values.length).toBe(new Set(values).size)
}
