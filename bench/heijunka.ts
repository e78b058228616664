import {
  DurationClassifier,
  LoadLeveler,
  type LoadLevelerOptions,
  type Rebalance,
  type WorkSource,
} from '@tps/heijunka'
import { PullQueue, WorkerPool } from '@tps/kanban'
import fastq from 'fastq'
import PQueue from 'p-queue'
import { compare } from './harness.ts'

const WORKERS = 8
/** Items that wait at most while work is dispatched: a queue that is in use, not one that grows without end. */
const BURST = 1000

let done = 0
const work = (item: number): void => {
  done += item & 1
}

/** Offers in bursts and lets the workers pull each burst empty, in turn, as a pool of theirs would. */
function dispatch(leveler: LoadLeveler<number>): (operations: number) => void {
  const lanes = Array.from({ length: WORKERS }, (_, worker) => leveler.lane(worker))
  return (operations) => {
    for (let offered = 0; offered < operations; offered += BURST) {
      for (let item = 0; item < BURST; item++) leveler.offer(item)
      for (let turn = 0, idle = 0; idle < WORKERS; turn = (turn + 1) % WORKERS) {
        const lease = lanes[turn]?.tryLease()
        if (!lease) {
          idle++
          continue
        }
        idle = 0
        work(lease.item)
        void lease.ack()
      }
    }
  }
}

function leveler(options: Partial<LoadLevelerOptions<number>>): LoadLeveler<number> {
  return new LoadLeveler<number>({ workers: WORKERS, capacity: BURST, ...options })
}

const queue = new PullQueue<number>({ capacity: BURST })

/** What the leveler does when it is shared, without a leveler: the workers take turns at one queue. */
function pullQueue(operations: number): void {
  for (let offered = 0; offered < operations; offered += BURST) {
    for (let item = 0; item < BURST; item++) queue.offer(item)
    for (let idle = 0; idle < WORKERS;) {
      const lease = queue.tryLease()
      if (!lease) {
        idle++
        continue
      }
      idle = 0
      work(lease.item)
      lease.ack()
    }
  }
}

function bareArray(operations: number): void {
  const waiting: number[] = []
  for (let offered = 0; offered < operations; offered += BURST) {
    for (let item = 0; item < BURST; item++) waiting.push(item)
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) work(item)
  }
}

const callbacks = fastq((item: number, finished: (error: Error | null) => void) => {
  work(item)
  finished(null)
}, WORKERS)

async function fastqBursts(operations: number): Promise<void> {
  for (let offered = 0; offered < operations; offered += BURST) {
    await new Promise<void>((resolve) => {
      let left = BURST
      const settled = (): void => {
        if (--left === 0) resolve()
      }
      for (let item = 0; item < BURST; item++) callbacks.push(item, settled)
    })
  }
}

const promises = new PQueue({ concurrency: WORKERS })

async function pQueueBursts(operations: number): Promise<void> {
  for (let offered = 0; offered < operations; offered += BURST) {
    for (let item = 0; item < BURST; item++) void promises.add(() => work(item))
    await promises.onIdle()
  }
}

await compare({
  title: `dispatch and completion of trivial work, ${WORKERS} workers, bursts of ${BURST}`,
  operations: 20_000,
  contenders: [
    { name: 'LoadLeveler, shared', run: dispatch(leveler({})) },
    { name: 'PullQueue of @tps/kanban', run: pullQueue },
    { name: 'bare array, push and shift', run: bareArray },
    { name: 'fastq, callbacks', run: fastqBursts },
  ],
})
const trivial = (item: number): void => work(item)
const bare = new PullQueue<number>({ capacity: 1e9 })
const barePool = new WorkerPool<number, void>({ source: bare, workers: WORKERS }, trivial)
// Beside its own way into kanban's pool, which no other source has, the queue is one WorkSource among others.
const plain = new PullQueue<number>({ capacity: 1e9 })
const plainSource: WorkSource<number> & { readonly depth: number; readonly leased: number } = {
  lease: (options) => plain.lease(options),
  tryLease: () => plain.tryLease(),
  get depth() {
    return plain.depth
  },
  get leased() {
    return plain.leased
  },
}
const plainPool = new WorkerPool<number, void>({ source: plainSource, workers: WORKERS }, trivial)
const levelled = leveler({ capacity: 1e9 })
const levelledPool = new WorkerPool<number, void>({ source: levelled, workers: WORKERS }, trivial)

await compare({
  title: 'the same behind a WorkerPool of @tps/kanban: offer, then drain',
  operations: 20_000,
  contenders: [
    {
      name: 'pool of a LoadLeveler, shared',
      run: async (operations) => {
        for (let item = 0; item < operations; item++) levelled.offer(item)
        await levelledPool.drain()
      },
    },
    {
      name: 'pool of a PullQueue, by leases',
      run: async (operations) => {
        for (let item = 0; item < operations; item++) plain.offer(item)
        await plainPool.drain()
      },
    },
    {
      name: 'pool of a PullQueue',
      run: async (operations) => {
        for (let item = 0; item < operations; item++) bare.offer(item)
        await barePool.drain()
      },
    },
  ],
})
await barePool.stop()
await plainPool.stop()
await levelledPool.stop()

await compare({
  title: 'dispatch and completion, with more to do',
  operations: 20_000,
  contenders: [
    { name: 'LoadLeveler, per worker', run: dispatch(leveler({ strategy: 'per-worker' })) },
    {
      name: 'LoadLeveler, per worker, power of two',
      run: dispatch(leveler({ strategy: 'per-worker', assign: 'power-of-two' })),
    },
    { name: 'LoadLeveler, shared, 1,000 keys', run: dispatch(leveler({ keyBy: (item) => item })) },
    { name: 'p-queue', run: pQueueBursts },
  ],
})
if (done === 0) throw new Error('no work was done')

const LANES = 64
const QUEUED = 100_000

/** Levelers whose first half of lanes has three times as much as the second, made anew for each round. */
function uneven(options: Partial<LoadLevelerOptions<number>>): LoadLeveler<number> {
  let turn = 0
  const leveler = new LoadLeveler<number>({
    workers: LANES,
    capacity: QUEUED,
    strategy: 'per-worker',
    assign: 'power-of-two',
    // Draws a lane and then, the loads being level or not, its neighbour: three of four go to the first half.
    random: () => (turn++ % 2 === 0 ? ((turn * 0.618) % 1) ** 2 : 0),
    ...options,
  })
  for (let item = 0; item < QUEUED; item++) leveler.offer(item)
  return leveler
}

/** Everything in one lane, the others just added: the most there is to move. */
function oneLane(options: Partial<LoadLevelerOptions<number>>): LoadLeveler<number> {
  const leveler = uneven({ ...options, workers: 1 })
  leveler.resize(LANES)
  return leveler
}

/** Timers that are turned by hand. */
class Turns {
  readonly #waiting: (() => void)[] = []

  schedule(_delayMs: number, callback: () => void): { cancel(): void } {
    this.#waiting.push(callback)
    return { cancel: () => this.#waiting.splice(this.#waiting.indexOf(callback), 1) }
  }

  turn(): void {
    this.#waiting.shift()?.()
  }
}

console.log(
  `\nrebalancing ${QUEUED.toLocaleString('en-US')} waiting items over ${LANES} lanes by the timer: median (least to most)`,
)
const cases: [
  string,
  Partial<LoadLevelerOptions<number>>,
  (options: Partial<LoadLevelerOptions<number>>) => LoadLeveler<number>,
][] = [
  ['uneven lanes, by count', {}, uneven],
  ['uneven lanes, by duration', { weigh: 'duration', durationOf: (item) => 1 + (item % 100) }, uneven],
  ['uneven lanes, 5,000 keys', { keyBy: (item) => item % 5000 }, uneven],
  ['all in one lane, by count', {}, oneLane],
  ['all in one lane, by duration', { weigh: 'duration', durationOf: (item) => 1 + (item % 100) }, oneLane],
  ['all in one lane, 5,000 keys', { keyBy: (item) => item % 5000 }, oneLane],
]
const middle = (sorted: readonly number[]): string =>
  `${sorted[sorted.length >> 1]?.toFixed(1)} ms (${sorted[0]?.toFixed(1)} to ${sorted.at(-1)?.toFixed(1)})`
for (const [name, options, make] of cases) {
  const totals: number[] = []
  const stretches: number[] = []
  let line = ''
  for (let round = 0; round < 15; round++) {
    const timers = new Turns()
    const leveler = make({ ...options, timers, everyMs: 1000 })
    const events: Rebalance[] = []
    leveler.on('rebalance', (event) => events.push(event))
    globalThis.gc?.()
    const slices: number[] = []
    while (events.length === 0) {
      const start = performance.now()
      timers.turn()
      slices.push(performance.now() - start)
    }
    for (const { before, after, moved } of events)
      line = `${moved.toLocaleString('en-US')} moved in ${slices.length} slices, imbalance ${before.toFixed(2)} → ${after.toFixed(3)}`
    if (round < 2) continue
    totals.push(slices.reduce((total, ms) => total + ms))
    stretches.push(Math.max(...slices))
  }
  totals.sort((a, b) => a - b)
  stretches.sort((a, b) => a - b)
  console.log(`  ${name.padEnd(28)} in all ${middle(totals)}; longest stretch ${middle(stretches)}; ${line}`)
}

/** One item in and one out, with so many waiting. */
function steady(depth: number, options: Partial<LoadLevelerOptions<number>>): (operations: number) => void {
  const steadied = leveler({ capacity: depth + 1, ...options })
  let next = 0
  while (next < depth) steadied.offer(next++)
  const lanes = Array.from({ length: WORKERS }, (_, worker) => steadied.lane(worker))
  return (operations) => {
    for (let done = 0; done < operations; done++) {
      steadied.offer(next++)
      void lanes[done % WORKERS]?.tryLease()?.ack()
    }
  }
}

const DEPTHS = [100, 10_000, 1_000_000]
for (const [name, options] of [
  ['shared', {}],
  ['per worker', { strategy: 'per-worker' }],
  ['shared, a key for every hundred items that wait', { keyBy: (item: number) => item % (DEPTHS[2] as number) }],
] as const) {
  await compare({
    title: `offer, lease and ack, ${name}, by how much waits`,
    operations: 20_000,
    contenders: DEPTHS.map((depth) => ({
      name: `${depth.toLocaleString('en-US')} waiting`,
      run: steady(
        depth,
        name.includes('key') ? { ...options, keyBy: (item) => item % Math.max(10, depth / 100) } : options,
      ),
    })),
  })
}

for (const keys of [100, 100_000]) {
  const durations = new DurationClassifier<number>({ slowMs: 100, maxKeys: keys })
  const averages = new DurationClassifier<number>({ slowMs: 100, maxKeys: keys, predictBy: { kind: 'ewma' } })
  const full = new DurationClassifier<number>({ slowMs: 100, maxKeys: keys })
  let turn = 0
  // Keys in an order that no cache can foresee, and durations on both sides of the thresholds.
  const key = (): number => (turn = (turn * 1_103_515_245 + 12_345) & 0x7f_ff_ff_ff) % keys
  const ms = (): number => (turn >> 8) % 200
  for (let round = 0; round < 40 * keys; round++) durations.record(key(), ms())
  for (let each = 0; each < keys; each++) averages.record(each, 1)
  for (let each = 0; each < keys; each++) full.record(-each, 1)
  let next = 0
  let slow = 0
  await compare({
    title: `DurationClassifier, ${keys.toLocaleString('en-US')} keys`,
    operations: 100_000,
    contenders: [
      {
        name: 'classify',
        run: (operations) => {
          for (let done = 0; done < operations; done++) if (durations.classify(key()) === 'slow') slow++
        },
      },
      {
        name: 'record, quantile of the last 16',
        run: (operations) => {
          for (let done = 0; done < operations; done++) durations.record(key(), ms())
        },
      },
      {
        name: 'record, moving average',
        run: (operations) => {
          for (let done = 0; done < operations; done++) averages.record(key(), ms())
        },
      },
      {
        name: 'record of a new key, another one goes',
        run: (operations) => {
          for (let done = 0; done < operations; done++) full.record(next++, 1)
        },
      },
      {
        name: 'a look-up in a bare Map',
        run: (() => {
          const map = new Map<number, boolean>()
          for (let each = 0; each < keys; each++) map.set(each, each % 2 === 0)
          return (operations: number) => {
            for (let done = 0; done < operations; done++) if (map.get(key())) slow++
          }
        })(),
      },
    ],
  })
  if (slow === 0) throw new Error('nothing was slow')
}
