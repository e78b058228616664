import { workersFor } from '@tps/kaizen'
import type { Usage } from './options.ts'
import type { LoadRun } from './run.ts'
import { type Count, Tally } from './tally.ts'
import { countRows, errorRatio, ms, percent, serviceRows, table } from './text.ts'
import type { Gauge } from './watch.ts'

export const STRESS_TEST: Usage = {
  name: 'stress-test',
  what: 'Raises the rate step by step until the service rejects signals, and reports at which load the queue filled.',
  rate: 100,
  duration: 30,
  wait: false,
  more: {
    STEP: [50, 'signals a second that each step adds'],
    MAX: [5_000, 'the rate at which it gives up'],
  },
}

/** The queue is at its practical limit from here on, and at its absolute one at 1. */
const PRACTICAL_RATIO = 0.8
/** How busy workers should be at the peak, for the number of workers it takes. */
const TARGET_UTILIZATION = 0.7

/** One rate, and how the line fared under it. */
export interface Step {
  readonly rate: number
  readonly fullestQueueRatio: number
  readonly workers: number | null
  readonly count: Count
}

/** Where the queue reached a share of its capacity. */
interface Point {
  readonly rate: number
  readonly seconds: number
}

/** Up and up. `DURATION` is that of one step. */
export async function stressTest(run: LoadRun, signal: AbortSignal): Promise<object> {
  const { rate: first, durationMs, url, more } = run.options
  const { STEP: by = 0, MAX: max = 0 } = more
  run.say(`${first} signals/s, and ${by} more every ${durationMs / 1_000} s until signals are rejected, to ${url.href}`)
  const steps: Step[] = []
  const points = new Map<number, Point>()
  let rate = first
  for (; rate <= max && !signal.aborted; rate += by) {
    const step = await oneStep(run, rate, points, signal)
    steps.push(step)
    run.say(stepLine(step))
    if (step.count.rejected > 0) break
  }
  await run.settled()
  const broken = steps.find(({ count }) => count.rejected > 0)
  const service = await run.watch.read()
  const count = run.total.count()
  const workMs = service?.workMs ?? null
  const workers = broken && workMs ? workersFor(broken.rate, 1_000 / workMs, TARGET_UTILIZATION) : null
  run.say(
    `\n${table([
      ...countRows(count, run.seconds),
      ['queue at 80 %', pointText(points.get(PRACTICAL_RATIO), 'the practical limit')],
      ['queue at 100 %', pointText(points.get(1), 'the absolute limit')],
      ['breaking point', broken ? breakText(broken) : `none up to ${Math.min(rate, max)}/s`],
      ...(workers === null
        ? []
        : [['workers', `${workers} would be ${percent(TARGET_UTILIZATION)} busy at ${broken?.rate}/s`] as const]),
      ...serviceRows(service),
    ])}`,
  )
  return {
    ...count,
    steps,
    queueAt80: points.get(PRACTICAL_RATIO) ?? null,
    queueAt100: points.get(1) ?? null,
    breakingPoint: broken ? { rate: broken.rate, errorRatio: errorRatio(broken.count) } : null,
    workersAt70: workers,
    service: service ?? null,
  }
}

async function oneStep(run: LoadRun, rate: number, points: Map<number, Point>, signal: AbortSignal): Promise<Step> {
  let deepest = 0
  let workers: number | null = null
  const note = (ratio: number): void => {
    deepest = Math.max(deepest, ratio)
    for (const level of [PRACTICAL_RATIO, 1])
      if (ratio >= level && !points.has(level)) points.set(level, { rate, seconds: run.seconds })
  }
  const unfollow = run.follow((gauge: Gauge) => {
    workers = gauge.workers
    note(gauge.depth / gauge.capacity)
  })
  const tally = await run.phase({ rate, durationMs: run.options.durationMs }, new Tally(), signal)
  await run.watch.read()
  unfollow()
  const count = tally.count()
  // A full queue is told by its refusals even when no reading happened to fall on it.
  if (count.reasons['queue full']) note(1)
  return { rate, fullestQueueRatio: deepest, workers, count }
}

function stepLine({ rate, fullestQueueRatio, workers, count }: Step): string {
  const { rejected, failed, latencyMs } = count
  return [
    `-- ${rate}/s`.padEnd(10),
    `${rejected} rejected, ${failed} failed, error rate ${percent(errorRatio(count))}`,
    `p99 ${ms(latencyMs.p99)}`,
    `queue up to ${percent(fullestQueueRatio)}`,
    ...(workers === null ? [] : [`workers ${workers}`]),
  ].join('  |  ')
}

function pointText(point: Point | undefined, meaning: string): string {
  return point ? `at ${point.rate}/s, after ${point.seconds.toFixed(0)} s: ${meaning}` : 'not reached'
}

function breakText({ rate, count }: Step): string {
  const why = Object.keys(count.reasons)[0] ?? 'no reason given'
  return `${rate}/s: ${percent(errorRatio(count))} not accepted (${why})`
}
