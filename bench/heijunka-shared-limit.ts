import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RateLimitStore } from '@tps/heijunka'
import { redisRateLimitStore } from '@tps/heijunka/redis'
import { type KV, Kvm } from '@nats-io/kv'
import { connect } from '@nats-io/transport-node'
import { createClient } from 'redis'

// What a shared rate limit costs in Redis (one script) and in a NATS key-value bucket (compare and set), on loopback.
// docs/decisions/0005 rests on it. Redis is ours; the other one is written here as plainly as it can be.

/** Reads, and writes if nobody wrote meanwhile; then again. Time is the client's: the bucket has none. */
function natsRateLimitStore(kv: KV): RateLimitStore & { readonly retries: () => number } {
  let retries = 0
  return {
    retries: () => retries,
    async take(key, cost, intervalMs, burstMs) {
      for (;;) {
        const entry = await kv.get(key)
        const nowMs = Date.now()
        const tat = Math.max(nowMs, Math.min(nowMs + burstMs, entry ? Number(entry.string()) : nowMs))
        const waitMs = tat + cost * intervalMs - burstMs - nowMs
        if (waitMs > 0) return waitMs
        const next = String(tat + cost * intervalMs)
        const written = entry ? kv.update(key, next, entry.revision) : kv.create(key, next)
        const isOurs = await written.then(
          () => true,
          () => false,
        )
        if (isOurs) return 0
        retries++
      }
    },
  }
}

interface Load {
  readonly title: string
  readonly calls: number
  readonly atOnce: number
  readonly keys: number
}
const LOADS: readonly Load[] = [
  { title: 'one call at a time, 1,000 keys', calls: 2000, atOnce: 1, keys: 1000 },
  { title: '50 calls at once, 1,000 keys', calls: 10_000, atOnce: 50, keys: 1000 },
  { title: '50 calls at once, one key', calls: 2000, atOnce: 50, keys: 1 },
]
const ROUNDS = 5

/** A second of calls at most, admitted all; returns calls a second, and the 99th percentile of their latency in ms. */
async function measure(
  store: RateLimitStore,
  { calls, atOnce, keys }: Load,
): Promise<[perSecond: number, p99: number]> {
  const latencies: number[] = []
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < calls) {
      const begun = performance.now()
      await store.take(`key-${next++ % keys}`, 1, 0.001, 1000)
      latencies.push(performance.now() - begun)
    }
  }
  const begun = performance.now()
  await Promise.all(Array.from({ length: atOnce }, caller))
  const perSecond = (1000 * calls) / (performance.now() - begun)
  latencies.sort((one, other) => one - other)
  return [perSecond, latencies[Math.floor(0.99 * latencies.length)] ?? Number.NaN]
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}

/** Tries until it works, for as long as a server takes to start. */
async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = 50; ; left--) {
    try {
      return await attempt()
    } catch (error) {
      if (left === 0) throw error
      await sleep(100)
    }
  }
}

async function run(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tps-bench-'))
  const servers: ChildProcess[] = []
  const start = (command: string, flags: string[]): void => {
    servers.push(spawn(command, flags, { stdio: 'ignore' }))
  }
  const [redisPort, natsPort] = [await freePort(), await freePort()]
  start('redis-server', ['--port', `${redisPort}`, '--save', '', '--appendonly', 'no'])
  start('nats-server', ['-a', '127.0.0.1', '-p', `${natsPort}`, '-js', '-sd', directory])
  const client = createClient({ url: `redis://127.0.0.1:${redisPort}`, socket: { reconnectStrategy: 100 } })
  client.on('error', () => {})
  await client.connect()
  const nats = await patiently(() => connect({ servers: `127.0.0.1:${natsPort}` }))
  try {
    const kv = await new Kvm(nats).create('rates', { history: 1 })
    const other = natsRateLimitStore(kv)
    const stores: [string, RateLimitStore][] = [
      ['Redis, one script', redisRateLimitStore({ send: (command) => client.sendCommand(command) })],
      ['NATS key-value, compare and set', other],
    ]
    for (const load of LOADS) {
      console.log(`\nshared rate limit: ${load.title}`)
      const results = new Map<string, [number, number][]>(stores.map(([name]) => [name, []]))
      for (let round = 0; round < ROUNDS; round++) {
        for (const [name, store] of stores) results.get(name)?.push(await measure(store, load))
      }
      for (const [name, measured] of results) {
        const perSecond = median(measured.map(([value]) => value))
        const p99 = median(measured.map(([, value]) => value))
        console.log(
          `  ${name.padEnd(32)} ${Math.round(perSecond).toLocaleString('en-US').padStart(8)} a second, p99 ${p99.toFixed(2)} ms`,
        )
      }
    }
    console.log(`  the bucket was written by another in between ${other.retries().toLocaleString('en-US')} times`)
  } finally {
    client.destroy()
    await nats.close()
    for (const server of servers) server.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
}

const missing = ['redis-server', 'nats-server'].filter((command) => spawnSync(command, ['--version']).status !== 0)
if (missing.length > 0) console.log(`\nshared rate limit: left out, ${missing.join(' and ')} not found on the PATH`)
else await run()
