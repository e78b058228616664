import { join } from 'node:path'
import type { BodyKind } from './load-bodies.ts'
import { EXAMPLE, load, start, whole } from './platform-process.ts'

const SEEDS_PER_SECOND = 2_253

const bar = (value: number, least: number): string => `${(value / least).toFixed(2)} × the bar of ${whole(least)}`

async function measureSingle(): Promise<void> {
  console.log('\nsingle-sample posts, 64 connections, load generator included')
  for (const depth of [1, 8]) {
    const bare = await start(join(EXAMPLE, 'bare.ts'))
    const bareResult = await load(bare.url, 'single', 1, 64, depth)
    await bare.stop()
    for (const durability of ['memory', 'commit']) {
      const ours = await start(join(EXAMPLE, 'main.ts'), { DURABILITY: durability })
      const result = await load(ours.url, 'single', 1, 64, depth)
      await ours.stop()
      const [rate, bareRate] = [result.requestsPerSecond, bareResult.requestsPerSecond]
      console.log(
        `  ${depth} at once, ${durability}: ${whole(rate)}/s; bare Fastify ${whole(bareRate)}/s, ratio ${(rate / bareRate).toFixed(2)}; ` +
          `${(rate / SEEDS_PER_SECOND).toFixed(1)} × the seed; refused ${result.refused}`,
      )
    }
  }
}

async function measureBatches(kind: BodyKind, durability: string, least: number): Promise<void> {
  const ours = await start(join(EXAMPLE, 'main.ts'), { DURABILITY: durability })
  const startMs = performance.now()
  const { requestsPerSecond, accepted, refused } = await load(ours.url, kind, 1_000, 16, 1, 8)
  // What was accepted has to be stored as well: the answer waits for that.
  await fetch(`${ours.url}/query?name=nothing`)
  const seconds = (performance.now() - startMs) / 1_000
  const { storage } = (await (await fetch(`${ours.url}/status`)).json()) as { storage: { samples: number } }
  await ours.stop()
  if (storage.samples !== accepted * 1_000) throw new Error(`${accepted * 1_000} accepted, ${storage.samples} stored`)
  console.log(
    `  ${kind}, ${durability}: ${whole(requestsPerSecond * 1_000)} samples/s accepted, ${bar(requestsPerSecond * 1_000, least)}; ` +
      `${whole(storage.samples)} stored, all of them ${whole(storage.samples / seconds)}/s from the first to the last; refused ${refused}`,
  )
}

await measureSingle()
console.log('\nbatches of 1,000 samples, 16 connections, load generator included')
await measureBatches('lines', 'memory', 500_000)
await measureBatches('lines', 'commit', 300_000)
await measureBatches('columns', 'memory', 1_000_000)
