import type { Readings } from './diagnosis-condition.ts'
import type { EarlierReadings, ReadingDefinition } from './diagnosis-reading.ts'

/** What readings of change are made of. */
interface TrendContext {
  readonly now: Readings
  readonly earlier: readonly EarlierReadings[]
  readonly baseline: Readings
}

/** A reading that is told by earlier ones. */
interface TrendReading extends ReadingDefinition {
  readonly read: (context: TrendContext) => unknown
}

/** What "recently" goes back to. */
const RECENT_MS = 60_000
/** How many earlier values a baseline needs. */
const LEAST_FOR_BASELINE = 3
/** How many values a trend needs, and how many it is taken of. */
const LEAST_FOR_TREND = 5
const MOST_FOR_TREND = 200

/** Readings of change and duration. In order: a later one may be made of an earlier one. */
export const TREND_READINGS: readonly TrendReading[] = [
  {
    reading: 'queue.rejectedPerSecond',
    unit: 'per second',
    worse: 'higher',
    meaning: 'Items the queue has refused over the last minute',
    read: (context) => rateOf(context, 'queue.rejected'),
  },
  {
    reading: 'breaker.rejectedPerSecond',
    unit: 'per second',
    worse: 'higher',
    meaning: 'Calls the circuit breaker has refused over the last minute',
    read: (context) => rateOf(context, 'breaker.rejected'),
  },
  {
    reading: 'load.perSecond',
    unit: 'per second',
    worse: null,
    meaning: 'Items that arrive, refused ones included',
    read({ now }) {
      const admitted = number(now['queue.enqueueRate'])
      const refused = number(now['queue.rejectedPerSecond'])
      if (admitted === undefined) return undefined
      if (refused !== undefined) return admitted + refused
      // A queue with room refuses nothing.
      return (number(now['queue.depthRatio']) ?? 1) < 1 ? admitted : undefined
    },
  },
  {
    reading: 'load.baselinePerSecond',
    unit: 'per second',
    worse: null,
    meaning: 'Items that arrive when all is well',
    read: (context) => baselineOf(context, 'load.perSecond'),
  },
  {
    reading: 'load.growth',
    unit: 'times',
    worse: null,
    meaning: 'Items that arrive ÷ the same when all is well',
    read: (context) => growthOf(context, 'load.perSecond'),
  },
  {
    reading: 'throughput.growth',
    unit: 'times',
    worse: 'lower',
    meaning: 'Throughput ÷ the same when all is well',
    read: (context) => growthOf(context, 'throughput.perSecond'),
  },
  {
    reading: 'errors.ratio',
    unit: 'ratio',
    worse: 'higher',
    meaning:
      'Share of the recent signals that failed or were refused; else, of the items of the last minute that were given up',
    read(context) {
      const [done, lost] = [deltaOf(context, 'pool.processed'), deltaOf(context, 'pool.deadLettered')]
      return done === undefined || lost === undefined || done + lost === 0 ? undefined : lost / (done + lost)
    },
  },
  {
    reading: 'errors.onset',
    unit: 'text',
    worse: null,
    meaning: 'How the error ratio rose: "sudden", half of it in one step or more, or "gradual"',
    read: (context) => onsetOf(context, 'errors.ratio'),
  },
  {
    reading: 'errors.retriedRatio',
    unit: 'ratio',
    worse: null,
    meaning: 'Share of the failed attempts of the last minute after which the item was put back',
    read(context) {
      const [failed, retried] = [deltaOf(context, 'pool.failed'), deltaOf(context, 'pool.retried')]
      return failed === undefined || retried === undefined || failed === 0 ? undefined : retried / failed
    },
  },
  {
    reading: 'deadLetters.grown',
    unit: 'items',
    worse: 'higher',
    meaning: 'Dead letters that came in the last minute',
    read: (context) => deltaOf(context, 'deadLetters.added') ?? deltaOf(context, 'deadLetters.size'),
  },
  {
    reading: 'latency.p50Growth',
    unit: 'times',
    worse: null,
    meaning: 'p50 ÷ the same when all is well',
    read: (context) => growthOf(context, 'latency.p50'),
  },
  {
    reading: 'latency.growth',
    unit: 'times',
    worse: 'higher',
    meaning: 'The greatest of p50, p90 and p99, each ÷ the same when all is well',
    read(context) {
      const growths = ['latency.p50', 'latency.p90', 'latency.p99'].map((reading) => growthOf(context, reading))
      const known = growths.filter((growth) => growth !== undefined)
      return known.length > 0 ? Math.max(...known) : undefined
    },
  },
  {
    reading: 'latency.onset',
    unit: 'text',
    worse: null,
    meaning: 'How p99 rose: "sudden", half of it in one step or more, or "gradual"',
    read: (context) => onsetOf(context, 'latency.p99'),
  },
  {
    reading: 'queue.fullForMs',
    unit: 'ms',
    worse: 'higher',
    meaning: 'How long the queue has been full; 0 when it isn’t',
    read: (context) => lastedMs(context, 'queue.depthRatio', (ratio) => typeof ratio === 'number' && ratio >= 1),
  },
  {
    reading: 'breaker.openForMs',
    unit: 'ms',
    worse: 'higher',
    meaning:
      'How long the circuit has not been closed, half-open included; 0 when it is. Nothing while it is held open by hand',
    read(context) {
      const state = context.now['breaker.state']
      if (state === 'forced-open') return undefined
      const lasted = lastedMs(context, 'breaker.state', isBroken)
      if (lasted === undefined || !isBroken(state)) return lasted
      return Math.max(lasted, number(context.now['breaker.stateForMs']) ?? 0)
    },
  },
  {
    reading: 'breaker.flaps',
    unit: 'count',
    worse: 'higher',
    meaning: 'How often the circuit was seen to go from closed to open',
    read: (context) => countSteps(context, 'breaker.state', (before, after) => before === 'closed' && isBroken(after)),
  },
  {
    reading: 'pool.utilization',
    unit: 'ratio',
    worse: null,
    meaning: 'Share of the workers that is busy: mean over the last minute',
    read({ now, earlier }) {
      const busy = number(now['pool.busyRatio'])
      if (busy === undefined) return undefined
      const recent = earlier
        .filter(({ agoMs }) => agoMs <= RECENT_MS)
        .map(({ readings }) => number(readings['pool.busyRatio']))
      const known = [busy, ...recent.filter((ratio) => ratio !== undefined)]
      return known.reduce((total, ratio) => total + ratio, 0) / known.length
    },
  },
  {
    reading: 'pool.scaleUps',
    unit: 'count',
    worse: 'higher',
    meaning: 'How often in a row workers were added without any being taken away',
    read(context) {
      const counts = seriesOf(context, 'pool.workers').map(number)
      const fell = counts.findLastIndex((count, index) => (count ?? 0) < (counts[index - 1] ?? 0))
      return counts.length < 2
        ? undefined
        : counts.filter((count, index) => index > Math.max(fell, 0) && (count ?? 0) > (counts[index - 1] ?? 0)).length
    },
  },
  {
    reading: 'scaling.workersGrowth',
    unit: 'times',
    worse: null,
    meaning: 'Workers ÷ the same at the oldest reading',
    read: (context) => sinceOldest(context, 'pool.workers'),
  },
  {
    reading: 'scaling.loadGrowth',
    unit: 'times',
    worse: null,
    meaning: 'Items that arrive ÷ the same at the oldest reading',
    read: (context) => sinceOldest(context, 'load.perSecond'),
  },
  {
    reading: 'scaling.throughputGrowth',
    unit: 'times',
    worse: null,
    meaning: 'Throughput ÷ the same at the oldest reading',
    read: (context) => sinceOldest(context, 'throughput.perSecond'),
  },
  {
    reading: 'host.memoryIsGrowing',
    unit: 'yes or no',
    worse: null,
    meaning:
      'Whether the memory in use has grown by a tenth or more, and in most pairs of readings (Kendall’s tau ≥ 0.6)',
    read(context) {
      const used = seriesOf(context, 'host.memoryRatio').map(number)
      const known = used.filter((ratio) => ratio !== undefined).slice(-MOST_FOR_TREND)
      const [first] = known
      if (known.length < LEAST_FOR_TREND || first === undefined) return undefined
      return kendallTau(known) >= 0.6 && (known.at(-1) ?? 0) >= first * 1.1
    },
  },
]

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function isBroken(state: unknown): boolean {
  return state === 'open' || state === 'half-open'
}

/** The values of a reading, the oldest first and the present one last, without those that are missing. */
function seriesOf({ now, earlier }: TrendContext, reading: string): unknown[] {
  return [...earlier.map(({ readings }) => readings[reading]), now[reading]].filter((value) => value !== undefined)
}

/** By how much a count has grown over the last minute; nothing when it was begun anew. */
function deltaOf(context: TrendContext, reading: string): number | undefined {
  const before = recent(context)
  const [from, to] = [number(before?.readings[reading]), number(context.now[reading])]
  return from === undefined || to === undefined || to < from ? undefined : to - from
}

function rateOf(context: TrendContext, reading: string): number | undefined {
  const [grown, agoMs] = [deltaOf(context, reading), recent(context)?.agoMs ?? 0]
  return grown === undefined || !(agoMs > 0) ? undefined : grown / (agoMs / 1000)
}

/** The oldest of the last minute; the newest where all are older. */
function recent({ earlier }: TrendContext): EarlierReadings | undefined {
  return earlier.find(({ agoMs }) => agoMs <= RECENT_MS) ?? earlier.at(-1)
}

function baselineOf({ earlier, baseline }: TrendContext, reading: string): number | undefined {
  const given = number(baseline[reading])
  if (given !== undefined) return given
  const known = earlier.map(({ readings }) => number(readings[reading])).filter((value) => value !== undefined)
  if (known.length < LEAST_FOR_BASELINE) return undefined
  return known.toSorted((a, b) => a - b)[Math.floor(known.length / 2)]
}

function growthOf(context: TrendContext, reading: string): number | undefined {
  return ratioOf(context.now[reading], baselineOf(context, reading))
}

function sinceOldest(context: TrendContext, reading: string): number | undefined {
  const series = seriesOf(context, reading)
  return series.length < 2 ? undefined : ratioOf(series.at(-1), series[0])
}

function ratioOf(now: unknown, before: unknown): number | undefined {
  const [to, from] = [number(now), number(before)]
  return to === undefined || from === undefined || !(from > 0) ? undefined : to / from
}

/** How long a reading has satisfied `test` without a break, as far as is known; 0 when it doesn't now. */
function lastedMs(
  { now, earlier }: TrendContext,
  reading: string,
  test: (value: unknown) => boolean,
): number | undefined {
  if (now[reading] === undefined) return undefined
  if (!test(now[reading])) return 0
  const firstOfRun = earlier.findLastIndex(({ readings }) => !test(readings[reading])) + 1
  return earlier[firstOfRun]?.agoMs ?? 0
}

function countSteps(
  context: TrendContext,
  reading: string,
  test: (before: unknown, after: unknown) => boolean,
): number | undefined {
  const series = seriesOf(context, reading)
  return series.length < 2
    ? undefined
    : series.filter((value, index) => index > 0 && test(series[index - 1], value)).length
}

/** Whether a rise came in one step or bit by bit; nothing where there is none. */
function onsetOf(context: TrendContext, reading: string): 'sudden' | 'gradual' | undefined {
  const series = seriesOf(context, reading)
    .map(number)
    .filter((value) => value !== undefined)
  const base = baselineOf(context, reading)
  const now = series.at(-1)
  if (base === undefined || now === undefined || series.length < 2 || now <= base) return undefined
  const steps = series.slice(1).map((value, index) => value - (series[index] ?? value))
  return Math.max(...steps) >= (now - base) / 2 ? 'sudden' : 'gradual'
}

/** How well the order of values fits the order of time: 1 when each is greater than those before, −1 the reverse. */
function kendallTau(values: readonly number[]): number {
  let score = 0
  for (const [index, value] of values.entries())
    for (const before of values.slice(0, index)) score += Math.sign(value - before)
  return score / ((values.length * (values.length - 1)) / 2)
}
