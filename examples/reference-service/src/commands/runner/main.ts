import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { numberOf, readValues, runCommand } from '../command-line.ts'
import { createControl } from './control.ts'
import { requireNatsServer } from './nats.ts'
import { processesOf } from './specs.ts'
import { Supervisor } from './supervisor.ts'

// `make up`: the service in many processes. Ctrl+C ends all of them.

const HELP = `make up [PORT=…] …   or   pnpm distributed [PORT=…] …

Starts nats-server, the downstream, the workers and the API, each a process of its own, and starts again what ends.

  PORT             the API and the boards. Default 8080
  DOWNSTREAM_PORT  the simulated downstream. Default 8081
  NATS_PORT        the NATS server that is started. Default 4222
  NATS_DATA        where it keeps its data. Default .cache/reference-service-nats
  NATS_URL         a NATS server with JetStream that runs already: none is started
  RUNNER_PORT      how "make chaos-…" reaches the processes. Default 8070
  FAST, SLOW       how many worker processes of each kind. Default 1
  FAST_WORKERS     how many workers each process for fast work has. Default: WORKER_COUNT
  SLOW_WORKERS     the same for slow work
  RESTART          seconds until a process that ended is started again. Default 5
  GRACE            seconds each process has to end. Default 35

The workers share one database of tasks, beside the data of NATS (DATABASE_FILE or DATABASE_URL: another one), and send
their spans to the API (OTEL_EXPORTER_OTLP_ENDPOINT: elsewhere), whose /traces so has all of a signal's way.

What else is in the environment reaches the processes: MAX_QUEUE_DEPTH, CIRCUIT_BREAKER_THRESHOLD, LOG_LEVEL, …`

const NAMES =
  'PORT DOWNSTREAM_PORT NATS_PORT NATS_DATA NATS_URL RUNNER_PORT FAST SLOW FAST_WORKERS SLOW_WORKERS RESTART GRACE'.split(
    ' ',
  )
const CACHE = join(import.meta.dirname, '../../../../../.cache')

await runCommand(async (args) => {
  const given = readValues(NAMES, args, process.env)
  if (!given) {
    console.log(HELP)
    return 0
  }
  const number = (name: string, fallback: number): number => numberOf(name, given[name], fallback)
  const optional = (name: string): number | undefined => (given[name] === undefined ? undefined : number(name, 1))
  if (given['NATS_URL'] === undefined) await requireNatsServer(number('NATS_PORT', 4222))
  const supervisor = new Supervisor({
    restartMs: number('RESTART', 5) * 1_000,
    graceMs: number('GRACE', 35) * 1_000,
    output: process.stdout,
  })
  const control = createControl(supervisor)
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
  try {
    await control.listen({ port: number('RUNNER_PORT', 8070), host: '127.0.0.1' })
    const natsData = given['NATS_DATA'] ?? join(CACHE, 'reference-service-nats')
    const isOwnDatabase = env['DATABASE_URL'] === undefined && env['DATABASE_FILE'] === undefined
    if (isOwnDatabase) mkdirSync(natsData, { recursive: true })
    const plan = {
      port: number('PORT', 8080),
      downstreamPort: number('DOWNSTREAM_PORT', 8081),
      natsUrl: given['NATS_URL'],
      natsPort: number('NATS_PORT', 4222),
      natsData,
      fast: number('FAST', 1),
      slow: number('SLOW', 1),
      fastWorkers: optional('FAST_WORKERS'),
      slowWorkers: optional('SLOW_WORKERS'),
      databaseFile: isOwnDatabase ? join(natsData, 'tasks.db') : undefined,
      collectsSpans: Object.keys(env).every((name) => !name.startsWith('OTEL_EXPORTER_OTLP')),
    }
    await Promise.race([supervisor.start(processesOf(plan)), ended])
    await ended
  } finally {
    await supervisor.end()
    await control.close()
  }
  return 0
})
