import type { Usage } from './options.ts'
import type { LoadRun } from './run.ts'
import { countRows, serviceRows, table } from './text.ts'

export const LOAD: Usage = {
  name: 'load',
  what: 'Sends signals at a constant rate for a time.',
  rate: 100,
  duration: 60,
  wait: false,
}

/** One rate for one time. */
export async function load(run: LoadRun, signal: AbortSignal): Promise<object> {
  const { rate, durationMs, url } = run.options
  run.say(`${rate} signals/s for ${durationMs / 1_000} s to ${url.href}`)
  await run.phase({ rate, durationMs }, undefined, signal)
  const { seconds } = run
  await run.settled()
  const service = await run.watch.read()
  const count = run.total.count()
  run.say(`\n${table([...countRows(count, seconds), ...serviceRows(service)])}`)
  return { rate, seconds, ...count, service: service ?? null }
}
