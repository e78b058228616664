import { join } from 'node:path'
import { UsageError } from '../command-line.ts'
import { listening } from './nats.ts'
import type { ProcessSpec } from './supervisor.ts'

const MAIN = join(import.meta.dirname, '../../main.ts')
const NATS_READY_MS = 10_000

/** What is to run. */
export interface Plan {
  readonly port: number
  readonly downstreamPort: number
  /** A NATS server that runs already; without it one is started, on `natsPort`, that keeps its data in `natsData`. */
  readonly natsUrl: string | undefined
  readonly natsPort: number
  readonly natsData: string
  /** How many processes of each kind of worker there are. */
  readonly fast: number
  readonly slow: number
  /** How many workers each of these processes has; without it what `WORKER_COUNT` says. */
  readonly fastWorkers: number | undefined
  readonly slowWorkers: number | undefined
  /** The database that all workers ask, where it isn't PostgreSQL. */
  readonly databaseFile: string | undefined
  /** Whether the others send their spans to the API, which then has whole traces. */
  readonly collectsSpans: boolean
}

/** How often spans are sent to the API, in ms. */
const SPANS_EVERY_MS = 500

/** The processes of a plan, in the order in which they start. */
export function processesOf(plan: Plan): ProcessSpec[] {
  const { port, downstreamPort, natsUrl, natsPort, natsData, fast, slow, fastWorkers, slowWorkers } = plan
  const spans = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_SCHEDULE_DELAY: String(SPANS_EVERY_MS),
  }
  const common = {
    QUEUE: 'nats',
    NATS_URL: natsUrl ?? `nats://127.0.0.1:${natsPort}`,
    DOWNSTREAM_URL: `http://127.0.0.1:${downstreamPort}`,
    DOWNSTREAM_PORT: String(downstreamPort),
    ...(plan.databaseFile !== undefined && { DATABASE_FILE: plan.databaseFile }),
  }
  const role = (name: string, TPS_ROLE: string, env: Readonly<Record<string, string>> = {}): ProcessSpec => ({
    name,
    command: `exec ${quoted(process.execPath)} --conditions=@tps/source ${quoted(MAIN)}`,
    env: { ...common, ...(plan.collectsSpans && TPS_ROLE !== 'api' && spans), PORT: '0', ...env, TPS_ROLE },
  })
  const workers = (kind: string, processes: number, count: number | undefined): ProcessSpec[] =>
    Array.from({ length: processes }, (_none, index) =>
      role(
        index === 0 ? kind : `${kind}-${index + 1}`,
        kind,
        count === undefined ? {} : { WORKER_COUNT: String(count) },
      ),
    )
  const nats: ProcessSpec = {
    name: 'nats',
    command: `exec nats-server --jetstream --addr 127.0.0.1 --port ${natsPort} --store_dir ${quoted(natsData)}`,
    env: {},
    staysDown: true,
    ready: async () => await listening(natsPort, NATS_READY_MS),
  }
  return [
    ...(natsUrl === undefined ? [nats] : []),
    role('downstream', 'downstream'),
    ...workers('worker-fast', fast, fastWorkers),
    ...workers('worker-slow', slow, slowWorkers),
    role('api', 'api', { PORT: String(port) }),
  ]
}

/** For the shell: between quotes that nothing in it ends. */
function quoted(path: string): string {
  if (path.includes("'")) throw new UsageError(`a path with a quote in it can't be used: ${path}`)
  return `'${path}'`
}
