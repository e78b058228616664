import { drained } from './drain.ts'
import type { Usage } from './options.ts'
import type { LoadRun } from './run.ts'
import { countRows, ms, serviceRows, table } from './text.ts'

export const STRESS: Usage = {
  name: 'stress',
  what: 'Holds a rate that is more than the line can do, then stops, and sees how long the line needs to get well.',
  rate: 500,
  duration: 60,
  wait: true,
}

/** Too much for a while. */
export async function stress(run: LoadRun, signal: AbortSignal): Promise<object> {
  const { rate, durationMs, url } = run.options
  let deepest = 0
  const unfollow = run.follow(({ depth, capacity }) => (deepest = Math.max(deepest, depth / capacity)))
  run.say(`${rate} signals/s for ${durationMs / 1_000} s to ${url.href}`)
  await run.phase({ rate, durationMs }, undefined, signal)
  const { seconds } = run
  const emptyAfterMs = await drained(run)
  unfollow()
  const count = run.total.count()
  run.say(
    `\n${table([
      ...countRows(count, seconds),
      ['fullest queue', `${Math.round(deepest * 100)} %`],
      ['queue empty', emptyAfterMs === null ? 'not seen' : `${ms(emptyAfterMs)} after the last signal`],
      ...serviceRows(run.watch.last),
    ])}`,
  )
  return { rate, seconds, ...count, fullestQueueRatio: deepest, emptyAfterMs, service: run.watch.last ?? null }
}
