import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Pool } from 'undici'
import { compare } from './harness.ts'

// What tracing costs the reference service: whole signals, from the request to the answer with the result, against the same
// service without spans. Each is a process of its own; the load comes from this one. A signal that only validates is where
// tracing weighs most: there is nothing else to do.

const MAIN = join(import.meta.dirname, '../examples/reference-service/src/main.ts')
const SIGNALS = 3_000
const CONNECTIONS = 32

const WAYS = {
  '10 % of the traces': { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' },
  off: { TRACING: 'off' },
  'up to 100 a second (default)': {},
  'every trace': { OTEL_TRACES_SAMPLER: 'parentbased_always_on' },
} as const

const KINDS = {
  'a signal that is executed, downstream and all': { signal_type: 'execute', payload: { task: 'bench' } },
  'a signal that only validates': { signal_type: 'validate', payload: {} },
} as const

interface Running {
  readonly name: string
  readonly client: Pool
  readonly process: ChildProcess
}

async function start(name: string, environment: Readonly<Record<string, string>>): Promise<Running> {
  const child = spawn(process.execPath, ['--conditions=@tps/source', MAIN], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DOWNSTREAM_PORT: '0',
      TASK_MS: '0',
      WORKER_COUNT: String(CONNECTIONS),
      DATABASE_PRODUCTS: '1000',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the service "${name}" ended`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.includes('"msg":"listening"')) return
      const { url } = JSON.parse(line) as { url: string }
      resolve({ name, client: new Pool(url, { connections: CONNECTIONS }), process: child })
    })
  })
}

async function load({ client }: Running, body: string, signals: number): Promise<void> {
  let left = signals
  const send = async (): Promise<void> => {
    while (left-- > 0) {
      const response = await client.request({
        path: '/signal?wait=true',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      await response.body.dump()
      if (response.statusCode !== 200) throw new Error(`answered ${response.statusCode}`)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, send))
}

/** How much of a processor a process has used so far, in ms; `undefined` where that isn't told. */
function cpuMs(pid: number | undefined): number | undefined {
  try {
    const [, user, system] = /^.*\) \S+(?: \S+){10} (\d+) (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return (Number(user) + Number(system)) * 10
  } catch {
    return undefined
  }
}

// On a machine that does other work as well, what a signal costs the service is told better by its processor time.
const used = new Map<string, number[]>()

async function measured(service: Running, body: string, signals: number): Promise<void> {
  const before = cpuMs(service.process.pid)
  await load(service, body, signals)
  const after = cpuMs(service.process.pid)
  if (before === undefined || after === undefined) return
  used.set(service.name, [...(used.get(service.name) ?? []), ((after - before) * 1_000) / signals])
}

function printUsed(): void {
  const rows = [...used].map(([name, all]) => {
    const sorted = all.toSorted((a, b) => a - b)
    return { name, us: sorted[sorted.length >> 1] ?? Number.NaN, least: sorted[0] ?? Number.NaN }
  })
  const [ours] = rows
  console.log('processor time of the service, µs a signal: median, and least')
  for (const { name, us, least } of rows)
    console.log(
      `  ${name.padEnd(30)} ${us.toFixed(0).padStart(6)} ${(us / (ours?.us ?? us)).toFixed(2)} × ${least.toFixed(0).padStart(6)} ${(least / (ours?.least ?? least)).toFixed(2)} ×`,
    )
  used.clear()
}

const services = await Promise.all(Object.entries(WAYS).map(([name, environment]) => start(name, environment)))
try {
  for (const [title, body] of Object.entries(KINDS)) {
    await compare({
      title: `tracing, ${title}`,
      operations: SIGNALS,
      contenders: services.map((service) => ({
        name: service.name,
        run: async (operations) => await measured(service, JSON.stringify(body), operations),
      })),
    })
    printUsed()
  }
} finally {
  for (const { client, process: child } of services) {
    await client.close()
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
}
