import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { LoadResult } from './load-generator.ts'

const LOAD = join(import.meta.dirname, '../examples/reference-service/src/commands/load/main.ts')
const SERVICE = join(import.meta.dirname, '../examples/reference-service/src/main.ts')
const BARE = join(import.meta.dirname, 'bare-fastify.ts')
const VALIDATE = '{"signal_type":"validate","payload":{"task":"no-op"}}'
const CONNECTIONS = 64

/** A server in a process of its own, whose log goes nowhere. */
class Running implements AsyncDisposable {
  readonly url: string
  readonly #process: ChildProcess
  readonly #inspector: Promise<string>

  private constructor(url: string, process: ChildProcess, inspector: Promise<string>) {
    this.url = url
    this.#process = process
    this.#inspector = inspector
  }

  static async start(file: string, environment: Readonly<Record<string, string>> = {}): Promise<Running> {
    const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', '--conditions=@tps/source', file], {
      env: { PATH: process.env['PATH'], PORT: '0', DOWNSTREAM_PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const inspector = new Promise<string>((resolve) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        const [, address] = /^Debugger listening on (ws:.*)$/.exec(line) ?? []
        if (address !== undefined) resolve(address)
      })
    })
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (!line.includes('"listening"')) return
        resolve((JSON.parse(line) as { url: string }).url)
      })
    })
    return new Running(url, child, inspector)
  }

  async json<T>(path: string): Promise<T> {
    return (await (await fetch(this.url + path)).json()) as T
  }

  /** Its memory after a full collection, in bytes: what V8's heap holds, and what the system has given it. */
  async memory(): Promise<{ heapUsed: number; rss: number }> {
    const socket = new WebSocket(await this.#inspector)
    await once(socket, 'open')
    const ask = async (id: number, method: string, params: object = {}): Promise<Record<string, unknown>> => {
      const answer = once(socket, 'message') as unknown as Promise<[{ data: string }]>
      socket.send(JSON.stringify({ id, method, params }))
      const [{ data }] = await answer
      return (JSON.parse(data) as { result: Record<string, unknown> }).result
    }
    await ask(1, 'HeapProfiler.collectGarbage')
    await ask(2, 'HeapProfiler.collectGarbage')
    const expression = 'JSON.stringify(process.memoryUsage())'
    const { result } = (await ask(3, 'Runtime.evaluate', { expression })) as { result: { value: string } }
    socket.close()
    return JSON.parse(result.value) as { heapUsed: number; rss: number }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await exit
  }
}

async function load(url: string, body: string, seconds: number, warmUpSeconds = 2): Promise<LoadResult> {
  const args = [new URL(url).port, body, CONNECTIONS, seconds, warmUpSeconds].map(String)
  const child = spawn(process.execPath, [join(import.meta.dirname, 'signal-load.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  for await (const part of child.stdout) text += String(part)
  return JSON.parse(text) as LoadResult
}

const whole = (number: number): string => Math.round(number).toLocaleString('en-US')
const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1] ?? Number.NaN

/**
 * Accepted signals a second of each, in turn, several times: medians. Each time in a new process, because two processes of the
 * same program differ by more than what is looked for: by what their compiler has decided, and where their memory lies.
 */
async function inTurn(
  contenders: Readonly<Record<string, () => Promise<Running>>>,
  rounds = 5,
  seconds = 4,
): Promise<Record<string, number>> {
  const rates: Record<string, number[]> = {}
  for (let round = 0; round < rounds; round++)
    for (const [name, start] of Object.entries(contenders)) {
      await using running = await start()
      const { requestsPerSecond, refused } = await load(running.url, VALIDATE, seconds, 4)
      if (refused > 0) console.log(`  ${name}: ${refused} refused`)
      ;(rates[name] ??= []).push(requestsPerSecond)
    }
  return Object.fromEntries(Object.entries(rates).map(([name, all]) => [name, median(all)]))
}

const ROOM = { MAX_QUEUE_DEPTH: '10000', WORKER_COUNT: '4' }

async function accepting(): Promise<void> {
  const { bare: bareRate = 0, service: rate = 0 } = await inTurn({
    bare: async () => await Running.start(BARE),
    service: async () => await Running.start(SERVICE, ROOM),
  })
  console.log(`\naccepted signals/s, no-op task, as it is started (tracing, metrics and log on)`)
  console.log(`  bare Fastify route          ${whole(bareRate)}/s`)
  console.log(`  the service                 ${whole(rate)}/s  ${(rate / bareRate).toFixed(2)} × (bar 0.6)`)
}

async function observing(): Promise<void> {
  const sampled = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' }
  const { on: onRate = 0, off: offRate = 0 } = await inTurn({
    on: async () => await Running.start(SERVICE, { ...ROOM, ...sampled }),
    off: async () => await Running.start(SERVICE, { ...ROOM, TRACING: 'off' }),
  })
  console.log('\ntracing (10 % sampled) and metrics')
  console.log(`  off                         ${whole(offRate)}/s`)
  console.log(`  on                          ${whole(onRate)}/s  ${(onRate / offRate).toFixed(2)} × (bar 0.8)`)
}

/** What a load test of the service's own generator reports. */
interface Report {
  readonly sent: number
  readonly accepted: number
  readonly failed: number
  readonly latencyMs: Readonly<Record<'p50' | 'p99' | 'max', number>>
  readonly lagMs: { readonly p99: number }
}

async function openLoop(url: string, rate: number, seconds: number): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'tps-bench-'))
  const file = join(folder, 'load.json')
  const args = [LOAD, 'load', `URL=${url}`, `RATE=${rate}`, `DURATION=${seconds}`, `JSON=${file}`]
  const child = spawn(process.execPath, ['--conditions=@tps/source', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await once(child, 'exit')
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  rmSync(folder, { recursive: true })
  return report
}

async function steady(): Promise<void> {
  // Two workers do 400 a second with a downstream of 5 ms; 1,000 need at least five, and some for when they come together.
  await using service = await Running.start(SERVICE, { MAX_QUEUE_DEPTH: '1000', WORKER_COUNT: '32', TASK_MS: '0' })
  await fetch(`${service.url}/admin/config`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{"downstream_latency_ms":5}',
  })
  await openLoop(service.url, 1_000, 10)
  const before = await service.json<{ kaizen: { samples: number } }>('/status')
  const { sent, accepted, failed, latencyMs, lagMs } = await openLoop(service.url, 1_000, 60)
  const { byStatus } = await readCounters(service)
  console.log('\n1,000 signals/s for 60 s, 5 ms downstream, after 10 s of warming up')
  console.log(
    `  sent ${whole(sent)}, accepted ${whole(accepted)}, failed ${failed}; all in all ${JSON.stringify(byStatus)}`,
  )
  console.log(
    `  accept p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms (bar 20), max ${latencyMs.max} ms; the generator was ${lagMs.p99} ms late (p99)`,
  )
  if (before.kaizen.samples === 0) console.log('  nothing was measured')
}

/** How all signals ended so far. */
async function readCounters(service: Running): Promise<{ byStatus: Record<string, number> }> {
  const text = await (await fetch(`${service.url}/metrics`)).text()
  const found = text.matchAll(/^tps_signals_total\{.*?status="([a-z-]+)".*?\} (\d+)$/gm)
  return { byStatus: Object.fromEntries([...found].map(([, status = '', count]) => [status, Number(count)])) }
}

function mib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1)
}

async function memory(): Promise<void> {
  await using service = await Running.start(SERVICE, ROOM)
  const readings: { signals: number; heapUsed: number; rss: number }[] = []
  let signals = 0
  for (const mark of [100_000, 1_000_000]) {
    while (signals < mark)
      signals += (await load(service.url, VALIDATE, Math.min(20, (mark - signals) / 10_000 + 1), 0)).accepted
    readings.push({ signals, ...(await service.memory()) })
  }
  console.log('\nmemory after a collection')
  for (const { signals: count, heapUsed, rss } of readings)
    console.log(`  after ${whole(count).padStart(9)} signals: heap ${mib(heapUsed)} MiB, resident ${mib(rss)} MiB`)
  const [first, last] = readings
  if (first && last)
    console.log(
      `  heap ${(last.heapUsed / first.heapUsed).toFixed(3)} ×, resident ${(last.rss / first.rss).toFixed(3)} × (bar 1.1)`,
    )
}

/** `node bench/reference-service.ts steady memory` runs only those. */
const PARTS = { accepting, observing, steady, memory }
const chosen = process.argv.slice(2).filter((name): name is keyof typeof PARTS => name in PARTS)
for (const name of chosen.length > 0 ? chosen : (Object.keys(PARTS) as (keyof typeof PARTS)[])) await PARTS[name]()
