import type { Clock } from '@tps/internal'

/** Calls `work` and reports its duration and end when it has returned or thrown, or when its promise has settled. */
export function timed<T>(
  clock: Clock,
  work: () => T | PromiseLike<T>,
  report: (ms: number, now: number) => void,
): T | Promise<T> {
  const start = clock.now()
  const end = (): void => {
    const now = clock.now()
    report(now - start, now)
  }
  let returned: T | PromiseLike<T>
  try {
    returned = work()
  } catch (error) {
    end()
    throw error
  }
  // The derived promise is handed out, so that a rejection that nobody handles still shows.
  if (isPromiseLike(returned)) return Promise.resolve(returned).finally(end)
  end()
  return returned
}

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
