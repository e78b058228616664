import type { LoadRun } from './run.ts'

const GIVE_UP_MS = 60_000
const EVERY_MS = 100

/**
 * Waits until the queue is empty and every signal has its answer. Resolves with how many ms that took from now; with
 * `null` when the service doesn't say how full its queue is, or when that isn't empty within a minute.
 */
export async function drained(run: LoadRun): Promise<number | null> {
  const startMs = performance.now()
  let emptyAfterMs: number | null = null
  while (emptyAfterMs === null && performance.now() - startMs < GIVE_UP_MS) {
    const gauge = await run.watch.read()
    if (!gauge) break
    if (gauge.depth === 0) emptyAfterMs = performance.now() - startMs
    else await new Promise((resolve) => void setTimeout(resolve, EVERY_MS))
  }
  await run.settled()
  return emptyAfterMs
}
