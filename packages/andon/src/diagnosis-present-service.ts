import { isNumber, largest, minus, over } from './diagnosis-figures.ts'
import type { PresentReading } from './diagnosis-reading.ts'

/** How long ago a change is still taken for a cause. */
const LATELY_MS = 1_800_000

/** Readings of one moment: what comes of the work, and what the line runs on. */
export const SERVICE_READINGS: readonly PresentReading[] = [
  {
    reading: 'errors.ratio',
    unit: 'ratio',
    worse: 'higher',
    meaning: 'Share of the recent signals that failed or were refused',
    read: ({ signals }) => signals?.errorRatio,
  },
  {
    reading: 'deadLetters.size',
    unit: 'items',
    worse: 'higher',
    meaning: 'Dead letters that are kept',
    read: ({ deadLetters }) => deadLetters?.size,
  },
  {
    reading: 'deadLetters.added',
    unit: 'count',
    worse: null,
    meaning: 'Dead letters since the queue of them was made',
    read: ({ deadLetters }) => deadLetters?.added,
  },
  {
    reading: 'latency.count',
    unit: 'count',
    worse: null,
    meaning: 'Signals that the percentiles are taken of',
    read: ({ latency }) => latency?.count,
  },
  {
    reading: 'latency.p50',
    unit: 'ms',
    worse: 'higher',
    meaning: 'Latency that half of the signals stay below',
    read: ({ latency }) => latency?.p50,
  },
  {
    reading: 'latency.p90',
    unit: 'ms',
    worse: 'higher',
    meaning: 'Latency that 90 % of the signals stay below',
    read: ({ latency }) => latency?.p90,
  },
  {
    reading: 'latency.p99',
    unit: 'ms',
    worse: 'higher',
    meaning: 'Latency that 99 % of the signals stay below',
    read: ({ latency }) => latency?.p99,
  },
  {
    reading: 'latency.tailRatio',
    unit: 'times',
    worse: 'higher',
    meaning: 'p99 ÷ p50',
    read: ({ latency }) => over(latency?.p99, latency?.p50),
  },
  {
    reading: 'breakdown.largestStage',
    unit: 'text',
    worse: null,
    meaning: 'Where most of the time goes',
    read: ({ breakdown }) => largest(breakdown)?.stage,
  },
  {
    reading: 'breakdown.largestShare',
    unit: 'ratio',
    worse: null,
    meaning: 'Share of the time that goes there',
    read: ({ breakdown }) => largest(breakdown)?.share,
  },
  {
    reading: 'leveler.imbalanceFactor',
    unit: 'ratio',
    worse: 'higher',
    meaning: '(max − min) ÷ avg of the load of the workers',
    read: ({ leveler }) => leveler?.imbalanceFactor,
  },
  {
    reading: 'leveler.avgPerWorker',
    unit: 'items',
    worse: null,
    meaning: 'Mean load of a worker',
    read: ({ leveler }) => leveler?.avgPerWorker,
  },
  {
    reading: 'autoscaler.isEnabled',
    unit: 'yes or no',
    worse: null,
    meaning: 'Whether the autoscaler is in force, and not in a dry run',
    read({ autoscaler }) {
      return autoscaler?.isRunning === undefined ? undefined : autoscaler.isRunning && autoscaler.dryRun !== true
    },
  },
  {
    reading: 'autoscaler.roomRatio',
    unit: 'ratio',
    worse: null,
    meaning: 'Share of the autoscaler’s upper bound of workers that is still free; 0 at the bound',
    read({ autoscaler, pool }) {
      const used = over(autoscaler?.workers ?? pool?.workers, autoscaler?.max)
      return used === undefined ? undefined : Math.max(0, 1 - used)
    },
  },
  {
    reading: 'autoscaler.wanted',
    unit: 'count',
    worse: null,
    meaning: 'Workers that the autoscaler would add: above 0 its threshold is passed',
    read: ({ autoscaler, pool }) => minus(autoscaler?.recommended, autoscaler?.workers ?? pool?.workers),
  },
  {
    reading: 'autoscaler.isHeld',
    unit: 'yes or no',
    worse: null,
    meaning: 'Whether the autoscaler has found that more workers don’t help, and adds none',
    read: ({ autoscaler }) => (autoscaler?.plateau === undefined ? undefined : autoscaler.plateau === 'held'),
  },
  {
    reading: 'host.cpuRatio',
    unit: 'ratio',
    worse: 'higher',
    meaning: 'Share of the processors in use',
    read: ({ host }) => host?.cpuRatio,
  },
  {
    reading: 'host.memoryRatio',
    unit: 'ratio',
    worse: 'higher',
    meaning: 'Share of the memory in use',
    read: ({ host }) => host?.memoryRatio,
  },
  {
    reading: 'host.diskRatio',
    unit: 'ratio',
    worse: 'higher',
    meaning: 'Share of the disk, or of what it can do, in use',
    read: ({ host }) => host?.diskRatio,
  },
  {
    reading: 'host.networkRatio',
    unit: 'ratio',
    worse: 'higher',
    meaning: 'Share of the network’s capacity in use',
    read: ({ host }) => host?.networkRatio,
  },
  {
    reading: 'changes.deployedLately',
    unit: 'yes or no',
    worse: null,
    meaning: 'Whether something was deployed in the last 30 minutes',
    read: ({ changes }) => isLately(changes?.deployedAgoMs),
  },
  {
    reading: 'changes.externalLately',
    unit: 'yes or no',
    worse: null,
    meaning: 'Whether something that the line depends on was changed in the last 30 minutes',
    read: ({ changes }) => isLately(changes?.externalAgoMs),
  },
  {
    reading: 'alerts.firing',
    unit: 'count',
    worse: 'higher',
    meaning: 'Alerts that fire',
    read: ({ alerts }) => alerts?.firing,
  },
]

function isLately(agoMs: number | null | undefined): boolean | undefined {
  if (agoMs === null) return false
  return isNumber(agoMs) ? agoMs <= LATELY_MS : undefined
}
