import { envSchema } from 'env-schema'
import { type Static, Type } from 'typebox'
import { alertingOptions } from './alerting/options.ts'

const integer = (minimum: number, maximum: number, fallback: number, description: string) =>
  Type.Integer({ minimum, maximum, default: fallback, description })

const DAY_MS = 86_400_000

/** Everything that is read from the environment, once, at the start. */
export const ConfigSchema = Type.Object({
  HOST: Type.String({ minLength: 1, default: 'localhost', description: 'The address to listen on.' }),
  PORT: integer(0, 65_535, 8090, 'The port of the API and the page. 0 takes a free one.'),
  LOG_LEVEL: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    default: 'info',
    description: 'The least severe level that is logged.',
  }),
  PROFILE: Type.Enum(['fast', 'phase0'], {
    default: 'fast',
    description: 'fast: what is described here. phase0: the naive system of the walkthrough, to be measured against.',
  }),
  ROLE: Type.Enum(['all', 'ingest'], {
    default: 'all',
    description: 'Which components this process runs: all, or ingestion alone, which needs QUEUE=jetstream.',
  }),
  DATA_DIR: Type.String({
    minLength: 1,
    default: 'examples/monitoring-platform/data',
    description: 'The folder for everything that is kept.',
  }),
  DURABILITY: Type.Enum(['commit', 'memory'], {
    default: 'commit',
    description: 'What a 202 means: on the disk, or in the queue.',
  }),
  QUEUE: Type.Enum(['memory', 'sqlite', 'jetstream'], {
    default: 'memory',
    description: 'Where accepted samples wait.',
  }),
  QUEUE_CAPACITY: integer(
    1,
    1_000_000_000,
    5_000_000,
    'How many samples may wait, with QUEUE=sqlite or jetstream how many batches. More are refused with 429.',
  ),
  NATS_URL: Type.String({ minLength: 1, default: 'nats://localhost:4222', description: 'For QUEUE=jetstream.' }),
  PARTITIONS: integer(1, 256, 8, 'For QUEUE=jetstream: into how many parts the series are cut.'),
  STORE: Type.Enum(['duckdb', 'jsonl', 'victoriametrics'], {
    default: 'duckdb',
    description: 'Where samples are kept.',
  }),
  VICTORIA_METRICS_URL: Type.String({
    minLength: 1,
    default: 'http://localhost:8428',
    description: 'For STORE=victoriametrics.',
  }),
  FLUSH_SAMPLES: integer(1, 10_000_000, 250_000, 'The store gets at most so many samples at once.'),
  FLUSH_MS: integer(0, 60_000, 200, 'Samples wait no longer than this for others, in ms.'),
  RETENTION_MS: integer(60_000, 36_500 * DAY_MS, 30 * DAY_MS, 'Older samples are removed, and refused with 400.'),
  FUTURE_MS: integer(0, 36_500 * DAY_MS, DAY_MS, 'Samples further ahead of the clock are refused with 400.'),
  MAINTENANCE_MS: integer(1_000, DAY_MS, 60_000, 'How often the store removes old samples and puts itself into order.'),
  MAX_SERIES: integer(1, 100_000_000, 1_000_000, 'How many series there may be. Samples of more are refused with 400.'),
  BODY_LIMIT_BYTES: integer(1_024, 1_073_741_824, 16_777_216, 'Larger request bodies are refused with 413.'),
  RATE_LIMIT: integer(0, 1_000_000_000, 0, 'How many samples a second one client may send. 0: as many as it likes.'),
  RATE_BURST: integer(0, 1_000_000_000, 0, 'How many of them at once, after a pause. 0: RATE_LIMIT.'),
  QUERY_TIMEOUT_MS: integer(1, 3_600_000, 10_000, 'A query that takes longer is given up with 504.'),
  QUERY_MAX_ROWS: integer(1, 100_000_000, 1_000_000, 'A query that has more rows is refused with 422.'),
  SCRAPE_TARGETS: Type.String({
    default: '',
    description: 'Prometheus pages to read: job=url, separated by commas.',
  }),
  SCRAPE_MS: integer(100, 3_600_000, 5_000, 'How often they are read.'),
  SCRAPE_TIMEOUT_MS: integer(10, 3_600_000, 4_000, 'How long a page may take.'),
  ...alertingOptions,
  SHUTDOWN_GRACE_MS: integer(0, 600_000, 30_000, 'How long accepted samples may take to be stored after SIGTERM.'),
})

/** The configuration of the process. */
export type Config = Static<typeof ConfigSchema>

/** Thrown when a variable has a value that can't be used. The message names each one and what it may be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** The naive system: everything in turn, one sample at a time, in a file that each query reads from its beginning. */
const PHASE_0 = { STORE: 'jsonl', QUEUE: 'memory', DURABILITY: 'memory', FLUSH_SAMPLES: '1', FLUSH_MS: '0' }

function checkTogether({ ROLE, QUEUE, STORE, DURABILITY }: Config): void {
  if (ROLE === 'ingest' && QUEUE !== 'jetstream') throw new RangeError('ROLE=ingest needs QUEUE=jetstream')
  if (STORE === 'jsonl' && QUEUE === 'memory' && DURABILITY === 'commit')
    throw new RangeError('STORE=jsonl knows nothing of a journal: set DURABILITY=memory or QUEUE=sqlite')
}

/** Reads the configuration from `environment`. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  try {
    const defaults = environment['PROFILE'] === 'phase0' ? PHASE_0 : {}
    const config = envSchema<Config>({ schema: ConfigSchema, data: { ...defaults, ...environment }, env: false })
    checkTogether(config)
    return config
  } catch (error) {
    throw new ConfigError(
      `The configuration can't be used: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}
