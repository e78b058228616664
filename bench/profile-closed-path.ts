import { CircuitBreaker } from '@tps/jidoka'
import { Session } from 'node:inspector/promises'

// Where the time of an awaited call through a closed circuit goes: the functions by their own share of the samples.
// node --conditions=@tps/source bench/profile-closed-path.ts

const CALLS = 10_000_000
const work = async (): Promise<number> => 1
const breaker = new CircuitBreaker({
  window: { kind: 'time', ms: 30_000 },
  trip: { failureRatio: 0.5, slowRatio: 0.8, slowCallMs: 2_000, minimumCalls: 20 },
})
for (let call = 0; call < 100_000; call++) await breaker.execute(work)

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.start')
for (let call = 0; call < CALLS; call++) await breaker.execute(work)
const { profile } = await session.post('Profiler.stop')

const samples = new Map<string, number>()
for (const { callFrame, hitCount = 0 } of profile.nodes) {
  const file = callFrame.url.split('/').at(-1) ?? ''
  const name = `${callFrame.functionName || '(anonymous)'}${file ? ` in ${file}` : ''}`
  samples.set(name, (samples.get(name) ?? 0) + hitCount)
}
const total = [...samples.values()].reduce((sum, count) => sum + count, 0)
for (const [name, count] of [...samples].toSorted(([, a], [, b]) => b - a).slice(0, 12))
  console.log(`${((count / total) * 100).toFixed(1).padStart(5)} %  ${name}`)
