import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { LoadResult } from './load-generator.ts'
import type { BodyKind } from './load-bodies.ts'

const EXAMPLE = join(import.meta.dirname, '../examples/monitoring-platform/src')
const SEEDS_PER_SECOND = 2_253

interface Running {
  readonly url: string
  stop(): Promise<void>
}

async function start(file: string, environment: Readonly<Record<string, string>> = {}): Promise<Running> {
  const directory = mkdtempSync(join(tmpdir(), 'tps-bench-'))
  const child: ChildProcess = spawn(process.execPath, ['--conditions=@tps/source', file], {
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'info', DATA_DIR: directory, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const entry = JSON.parse(line) as { msg: string; url?: string }
      if (entry.msg === 'listening' && entry.url !== undefined) resolve(entry.url)
    })
  })
  return {
    url,
    stop: async () => {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function load(
  url: string,
  kind: BodyKind,
  samples: number,
  connections: number,
  depth: number,
  seconds = 5,
): Promise<LoadResult> {
  const { port } = new URL(url)
  const args = [port, kind, samples, connections, depth, seconds, 2].map(String)
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load-process.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  for await (const part of child.stdout) text += String(part)
  return JSON.parse(text) as LoadResult
}

const whole = (number: number): string => Math.round(number).toLocaleString('en-US')
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

console.log('\nfrom the naive system to the fast one, a step at a time')
const STEPS: readonly (readonly [title: string, environment: Readonly<Record<string, string>>])[] = [
  ['phase0', { PROFILE: 'phase0' }],
  ['+ stored in lots', { PROFILE: 'phase0', FLUSH_SAMPLES: '250000', FLUSH_MS: '200' }],
  ['+ DuckDB in a thread', { PROFILE: 'phase0', FLUSH_SAMPLES: '250000', FLUSH_MS: '200', STORE: 'duckdb' }],
  ['+ requests gathered (fast, memory)', { DURABILITY: 'memory' }],
  ['+ journal on the disk (fast)', {}],
]
for (const [title, environment] of STEPS) await measureStep(title, environment)

/** Posts and batches, then queries for 5 minutes of one series of those. */
async function measureStep(title: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const ours = await start(join(EXAMPLE, 'main.ts'), { QUERY_TIMEOUT_MS: '120000', ...environment })
  const single = await load(ours.url, 'single', 1, 64, 1, 3)
  const lines = await load(ours.url, 'lines', 1_000, 16, 1, 3)
  const range = `name=metric_7&tags=host:web-42&start=${Date.now() - 300_000}&end=${Date.now()}`
  const query = async (): Promise<number> => {
    const startMs = performance.now()
    await (await fetch(`${ours.url}/query?${range}&limit=300`)).text()
    return performance.now() - startMs
  }
  await query()
  const times = [await query(), await query(), await query()].toSorted((a, b) => a - b)
  const { storage } = (await (await fetch(`${ours.url}/status`)).json()) as { storage: { samples: number } }
  await ours.stop()
  console.log(
    `  ${title.padEnd(36)} ${whole(single.requestsPerSecond).padStart(7)} posts/s, ` +
      `${whole(lines.requestsPerSecond * 1_000).padStart(9)} samples/s in batches, ` +
      `query ${times[1]?.toFixed(1)} ms among ${whole(storage.samples)}`,
  )
}
