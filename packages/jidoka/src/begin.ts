import type { WorkContext } from '@tps/internal'

/** Calls `work` now. What it throws comes as a rejection, like that of any other work. */
export function begin<T>(
  work: (context: WorkContext) => T | PromiseLike<T>,
  context: WorkContext,
): Promise<Awaited<T>> {
  try {
    return Promise.resolve(work(context)) as Promise<Awaited<T>>
  } catch (error) {
    // oxlint-disable-next-line prefer-promise-reject-errors
    return Promise.reject(error)
  }
}
