// What several tests of the limiters need. Nothing that is published imports it.

/** What `promise` rejects with. Handled from the beginning, so that time can be moved before it is looked at. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('should have failed')
}

/** A call that ends when the test says so. */
export function pending<T = string>(): {
  work: () => Promise<T>
  resolve: (value: T) => void
  reject: (error: unknown) => void
} {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  // Nobody may be left to hear of it.
  promise.catch(() => {})
  return { work: () => promise, resolve, reject }
}

/** Random numbers in [0, 1) that are the same at every run. Source: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
