import type { ReadingDefinition } from './diagnosis-reading.ts'
import type { DiagnosedQueue, LineSnapshots } from './diagnosis-snapshots.ts'

/** A reading that is taken from the snapshots of one moment. */
interface PresentReading extends ReadingDefinition {
  readonly read: (line: LineSnapshots) => unknown
}

/** How long ago a change is still taken for a cause. */
const LATELY_MS = 1_800_000

/** Readings of one moment. */
export const PRESENT: readonly PresentReading[] = [
  {
    reading: 'breaker.state',
    unit: 'text',
    worse: null,
    meaning: 'State of the circuit breaker',
    read: ({ breaker }) => breaker?.state,
  },
  {
    reading: 'breaker.stateForMs',
    unit: 'ms',
    worse: null,
    meaning: 'How long the circuit has been in its state',
    read: ({ breaker }) => breaker?.stateForMs,
  },
  {
    reading: 'breaker.rejected',
    unit: 'count',
    worse: null,
    meaning: 'Calls the circuit breaker has refused since it was made',
    read: ({ breaker }) => breaker?.totals?.rejected,
  },
  {
    reading: 'downstream.failureRatio',
    unit: 'ratio',
    worse: 'higher',
    meaning: 'Share of the recent calls of the downstream service that failed, by the window of the circuit breaker',
    read: ({ breaker }) => (breaker?.window?.completed === 0 ? undefined : breaker?.window?.failureRatio),
  },
  {
    reading: 'downstream.isHealthy',
    unit: 'yes or no',
    worse: null,
    meaning: 'Whether the downstream service says that it is well',
    read: ({ downstream }) => downstream?.isHealthy,
  },
  {
    reading: 'downstream.timeRatio',
    unit: 'ratio',
    worse: null,
    meaning: 'Share of the time of a signal that is spent in the downstream service, by the breakdown',
    read: ({ breakdown, downstream }) =>
      downstream?.stages && sum(breakdown?.stages.filter(({ stage }) => downstream.stages?.includes(stage))),
  },
  {
    reading: 'downstream.loadRatio',
    unit: 'ratio',
    worse: null,
    meaning: 'Throughput ÷ what the downstream service can bear',
    read: (line) => over(throughput(line), line.downstream?.capacityPerSecond),
  },
  {
    reading: 'queue.depth',
    unit: 'items',
    worse: null,
    meaning: 'Items that wait',
    read: (line) => queueOf(line)?.depth,
  },
  {
    reading: 'queue.depthRatio',
    unit: 'ratio',
    worse: 'higher',
    meaning: 'Items that wait ÷ capacity',
    read: (line) => over(queueOf(line)?.depth, queueOf(line)?.capacity),
  },
  {
    reading: 'queue.readyRatio',
    unit: 'ratio',
    worse: 'higher',
    meaning: 'Items that wait and could be taken now ÷ capacity: those that wait out a retry delay left out',
    read(line) {
      const queue = queueOf(line)
      return over(minus(queue?.depth, queue?.delayed ?? 0), queue?.capacity)
    },
  },
  {
    reading: 'queue.netRate',
    unit: 'per second',
    worse: 'higher',
    meaning: 'Items let in − items handed out: above 0 the queue fills up',
    read: (line) => minus(queueOf(line)?.enqueueRate, queueOf(line)?.dequeueRate),
  },
  {
    reading: 'queue.enqueueRate',
    unit: 'per second',
    worse: null,
    meaning: 'Items let in',
    read: (line) => queueOf(line)?.enqueueRate,
  },
  {
    reading: 'queue.oldestAgeMs',
    unit: 'ms',
    worse: 'higher',
    meaning: 'How long the oldest item has waited',
    read: (line) => queueOf(line)?.oldestAgeMs,
  },
  {
    reading: 'queue.rejected',
    unit: 'count',
    worse: null,
    meaning: 'Items the queue has refused since it was made',
    read: (line) => queueOf(line)?.rejected,
  },
  {
    reading: 'pool.workers',
    unit: 'count',
    worse: null,
    meaning: 'Workers',
    read: ({ pool }) => pool?.workers,
  },
  {
    reading: 'pool.busyRatio',
    unit: 'ratio',
    worse: null,
    meaning: 'Share of the workers that is busy at this moment',
    read: ({ pool }) => pool?.utilization,
  },
  {
    reading: 'pool.overdueRatio',
    unit: 'ratio',
    worse: 'higher',
    meaning: 'Share of the workers whose handler has timed out and still runs',
    read: ({ pool }) => over(pool?.overdue, pool?.workers),
  },
  {
    reading: 'pool.processed',
    unit: 'count',
    worse: null,
    meaning: 'Items done since the pool was made',
    read: ({ pool }) => pool?.processed,
  },
  {
    reading: 'pool.failed',
    unit: 'count',
    worse: null,
    meaning: 'Failed attempts since the pool was made',
    read: ({ pool }) => pool?.failed,
  },
  {
    reading: 'pool.retried',
    unit: 'count',
    worse: null,
    meaning: 'Failed attempts after which the item was put back, since the pool was made',
    read: ({ pool }) => pool?.retried,
  },
  {
    reading: 'pool.deadLettered',
    unit: 'count',
    worse: null,
    meaning: 'Items given up since the pool was made',
    read: ({ pool }) => pool?.deadLettered,
  },
  {
    reading: 'pools.slowestRatio',
    unit: 'times',
    worse: 'higher',
    meaning: 'Mean time of a handler in the slowest pool ÷ median of the other pools',
    read: ({ pools }) => slowest(pools?.map(({ meanHandlerMs }) => meanHandlerMs)),
  },
  {
    reading: 'throughput.perSecond',
    unit: 'per second',
    worse: null,
    meaning: 'Items the workers get through',
    read: throughput,
  },
  {
    reading: 'load.perSecond',
    unit: 'per second',
    worse: null,
    meaning: 'Items that arrive, refused ones included',
    read: ({ load }) => load?.perSecond,
  },
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

function queueOf({ queue, leveler }: LineSnapshots): DiagnosedQueue | undefined {
  return queue ?? leveler
}

function throughput(line: LineSnapshots): number | null | undefined {
  return line.pool?.processingRate ?? queueOf(line)?.dequeueRate
}

function over(part: unknown, whole: unknown): number | undefined {
  return isNumber(part) && isNumber(whole) && whole > 0 ? part / whole : undefined
}

function minus(a: unknown, b: unknown): number | undefined {
  return isNumber(a) && isNumber(b) ? a - b : undefined
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function sum(stages: readonly { readonly share?: unknown }[] | undefined): number | undefined {
  return stages?.reduce<number | undefined>(
    (total, { share }) => (total === undefined || !isNumber(share) ? undefined : total + share),
    0,
  )
}

function largest(
  breakdown: LineSnapshots['breakdown'],
): { readonly stage: string; readonly share: number } | undefined {
  let found: { readonly stage: string; readonly share: number } | undefined
  for (const { stage, share } of breakdown?.stages ?? [])
    if (isNumber(share) && share > (found?.share ?? 0)) found = { stage, share }
  return found
}

function slowest(times: readonly unknown[] | undefined): number | undefined {
  const known = (times ?? [])
    .filter(isNumber)
    .filter((ms) => ms > 0)
    .toSorted((a, b) => a - b)
  const others = known.slice(0, -1)
  return over(known.at(-1), median(others))
}

/** The middle one, the upper of two; `undefined` of none. */
function median(sorted: readonly number[]): number | undefined {
  return sorted[Math.floor(sorted.length / 2)]
}

function isLately(agoMs: number | null | undefined): boolean | undefined {
  if (agoMs === null) return false
  return isNumber(agoMs) ? agoMs <= LATELY_MS : undefined
}
