import { LoadLeveler, type LoadLevelerOptions } from '@tps/heijunka'
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
    { name: 'LoadLeveler, per worker', run: dispatch(leveler({ strategy: 'per-worker' })) },
    {
      name: 'LoadLeveler, per worker, power of two',
      run: dispatch(leveler({ strategy: 'per-worker', assign: 'power-of-two' })),
    },
    { name: 'LoadLeveler, shared, 1,000 keys', run: dispatch(leveler({ keyBy: (item) => item })) },
    { name: 'bare array, push and shift', run: bareArray },
    { name: 'fastq, callbacks', run: fastqBursts },
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
    everyMs: Number.POSITIVE_INFINITY,
    // Draws a lane and then, the loads being level or not, its neighbour: three of four go to the first half.
    random: () => (turn++ % 2 === 0 ? ((turn * 0.618) % 1) ** 2 : 0),
    ...options,
  })
  for (let item = 0; item < QUEUED; item++) leveler.offer(item)
  return leveler
}

/** Everything in one lane, the others just added: the most there is to move. */
function oneLane(): LoadLeveler<number> {
  const leveler = uneven({ workers: 1 })
  leveler.resize(LANES)
  return leveler
}

console.log(
  `\nrebalancing ${QUEUED.toLocaleString('en-US')} waiting items over ${LANES} lanes, once, each in one stretch: median (least to most)`,
)
const cases: [string, () => LoadLeveler<number>][] = [
  ['uneven lanes, by count', () => uneven({})],
  ['uneven lanes, by weight', () => uneven({ weigh: 'duration', durationOf: (item) => 1 + (item % 100) })],
  ['uneven lanes, 5,000 keys', () => uneven({ keyBy: (item) => item % 5000 })],
  ['all in one lane', oneLane],
]
for (const [name, make] of cases) {
  const times: number[] = []
  let line = ''
  for (let round = 0; round < 13; round++) {
    const leveler = make()
    globalThis.gc?.()
    const start = performance.now()
    const { before, after, moved } = leveler.rebalance()
    if (round >= 2) times.push(performance.now() - start)
    line = `${moved.toLocaleString('en-US')} moved, imbalance ${before.toFixed(2)} → ${after.toFixed(3)}`
  }
  times.sort((a, b) => a - b)
  const [least, median, most] = [times[0], times[times.length >> 1], times.at(-1)].map((ms = Number.NaN) =>
    ms.toFixed(1),
  )
  console.log(`  ${name.padEnd(24)}  ${median} ms (${least} to ${most}); ${line}`)
}
