import { QueueClosedError } from './errors.ts'

/** What it takes from. */
interface Takeable<T> {
  take(options: { readonly signal: AbortSignal }): Promise<T>
}

/** Takes one item a step and ends when the queue is closed and empty. `return()` ends steps that still wait. */
export class QueueIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #queue: Takeable<T>
  readonly #ended = new AbortController()

  constructor(queue: Takeable<T>) {
    this.#queue = queue
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#ended.signal.aborted) return { done: true, value: undefined }
    try {
      return { done: false, value: await this.#queue.take({ signal: this.#ended.signal }) }
    } catch (error) {
      if (error === this.#ended.signal.reason || error instanceof QueueClosedError)
        return { done: true, value: undefined }
      throw error
    }
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#ended.abort()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
