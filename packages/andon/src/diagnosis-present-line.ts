import { minus, over, slowest, sum } from './diagnosis-figures.ts'
import type { PresentReading } from './diagnosis-reading.ts'
import type { DiagnosedQueue, LineSnapshots } from './diagnosis-snapshots.ts'

/** Readings of one moment: the line itself, what it calls and what it has to do. */
export const LINE_READINGS: readonly PresentReading[] = [
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
]

function queueOf({ queue, leveler }: LineSnapshots): DiagnosedQueue | undefined {
  return queue ?? leveler
}

function throughput(line: LineSnapshots): number | null | undefined {
  return line.pool?.processingRate ?? queueOf(line)?.dequeueRate
}
