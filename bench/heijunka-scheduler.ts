import { Autoscaler, LevelSequence, LevelingScheduler } from '@tps/heijunka'
import { compare } from './harness.ts'

/** Demands from 1 to 40, the same every time. */
function demandOf(products: number): { [product: string]: number } {
  return Object.fromEntries(Array.from({ length: products }, (_, index) => [`p${index}`, 1 + ((index * 7919) % 40)]))
}

/** Plain smooth weighted round robin, which keeps no bound: what the order alone costs. */
function roundRobin(demand: { readonly [product: string]: number }): () => string {
  const names = Object.keys(demand)
  const weights = Float64Array.from(Object.values(demand))
  const credits = new Float64Array(weights.length)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return () => {
    let first = 0
    for (let index = 0; index < credits.length; index++) {
      credits[index] = (credits[index] as number) + (weights[index] as number)
      if ((credits[index] as number) > (credits[first] as number)) first = index
    }
    credits[first] = (credits[first] as number) - total
    return names[first] as string
  }
}

let kept: unknown
const times = (next: () => unknown) => (operations: number) => {
  for (let step = 0; step < operations; step++) kept = next()
}

for (const products of [3, 10, 100, 1000]) {
  const demand = demandOf(products)
  const sequence = new LevelSequence(demand)
  const scheduler = new LevelingScheduler({ demand })
  const queued = new LevelingScheduler<string, number>({ demand, queued: true })
  // Every product has work all the time.
  for (const product of Object.keys(demand)) for (let item = 0; item < 3; item++) queued.offer(product, 1)
  await compare({
    title: `one step of a level sequence of ${products} products`,
    operations: Math.max(2000, 300_000 / products),
    contenders: [
      { name: 'LevelSequence', run: times(() => sequence.next()) },
      { name: 'LevelingScheduler.next', run: times(() => scheduler.next()) },
      {
        name: 'LevelingScheduler, an item out and in',
        run: times(() => {
          const release = queued.next()
          return queued.offer(release?.product ?? '', 1)
        }),
      },
      { name: 'plain weighted round robin, no bound', run: times(roundRobin(demand)) },
    ],
  })
}

/** Looks every 15 s of a time that only the benchmark moves. */
function scaler(
  load: { readonly workers: number; readonly utilization: number },
  plateau: boolean,
): () => Promise<unknown> {
  let nowMs = 0
  const made = new Autoscaler({
    max: 1000,
    read: () => ({ ...load, throughput: load.workers * 10, queueDepth: 0 }),
    scale: () => {},
    clock: { now: () => nowMs },
    ...(!plateau && { plateau: false as const }),
  })
  return async () => {
    nowMs += 15_000
    return await made.evaluate()
  }
}

const looks: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['a load that needs no change', scaler({ workers: 10, utilization: 0.7 }, true)],
  ['a load that needs more, and scaling', scaler({ workers: 10, utilization: 1 }, true)],
  ['the same without asking whether it helps', scaler({ workers: 10, utilization: 1 }, false)],
]
await compare({
  title: 'one look of an autoscaler: read, decide, scale',
  operations: 5000,
  contenders: looks.map(([name, look]) => ({
    name,
    run: async (operations) => {
      for (let index = 0; index < operations; index++) kept = await look()
    },
  })),
})

if (kept === undefined) throw new Error('nothing was measured')
