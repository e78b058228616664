import { join } from 'node:path'
import { EXAMPLE, load, start, whole } from './platform-process.ts'

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
