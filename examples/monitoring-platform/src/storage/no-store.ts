import { StoreError } from './errors.ts'
import type { Store, StoreSnapshot } from './store.ts'

/** What a process has in place of a store when it only ingests: it answers no query. */
export class NoStore implements Store {
  readonly name = 'none'
  readonly position = 0

  async append(): Promise<never> {
    return await this.#refuse()
  }

  // oxlint-disable-next-line require-yield
  async *query(): AsyncGenerator<never> {
    await this.#refuse()
  }

  async aggregate(): Promise<never> {
    return await this.#refuse()
  }

  async series(): Promise<never> {
    return await this.#refuse()
  }

  async backup(): Promise<never> {
    return await this.#refuse()
  }

  async compact(): Promise<void> {
    await Promise.resolve()
  }

  async retain(): Promise<number> {
    return await Promise.resolve(0)
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }

  snapshot(): StoreSnapshot {
    return {
      name: this.name,
      engine: 'none',
      samples: 0,
      series: 0,
      bytes: 0,
      flushMs: 0,
      flushedSamples: 0,
      flushes: 0,
      failedFlushes: 0,
      scanMs: 0,
      scans: 0,
    }
  }

  async #refuse(): Promise<never> {
    return await Promise.reject(new StoreError('ERR_STORE_CLOSED', 'this process only ingests: ask one with ROLE=all'))
  }
}
