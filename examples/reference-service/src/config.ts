import { envSchema } from 'env-schema'
import { type Static, Type } from 'typebox'

const MINUTE_MS = 60_000

/** How long the trouble of an alert rule lasts before it fires. */
const alertMs = (rule: string, fallback: number) =>
  Type.Integer({
    minimum: 0,
    maximum: 3_600_000,
    default: fallback,
    description: `How long the trouble must last before ${rule} fires, in ms.`,
  })

const port = (fallback: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: fallback, description })

/** Everything that is read from the environment, once, at the start. */
export const ConfigSchema = Type.Object({
  TPS_ROLE: Type.Enum(['all'], { default: 'all', description: 'Which part of the system this process is.' }),
  HOST: Type.String({ minLength: 1, default: 'localhost', description: 'The address to listen on.' }),
  PORT: port(8080, 'The port of the API and the board. 0 takes a free one.'),
  DOWNSTREAM_PORT: port(8081, 'The port of the simulated downstream. 0 takes a free one.'),
  LOG_LEVEL: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    default: 'info',
    description: 'The least severe level that is logged.',
  }),
  ADMIN_TOKEN: Type.Optional(
    Type.String({ minLength: 16, description: 'Opens /admin from elsewhere than this machine.' }),
  ),
  MAX_QUEUE_DEPTH: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 100,
    description: 'How many signals may wait. More are refused with 429.',
  }),
  WORKER_COUNT: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: 2,
    description: 'How many workers pull signals, at the start.',
  }),
  TASK_MS: Type.Integer({
    minimum: 0,
    maximum: 60_000,
    default: 10,
    description: 'What the task of one signal costs a worker, in ms, at the start.',
  }),
  DOWNSTREAM_TIMEOUT_MS: Type.Integer({
    minimum: 1,
    maximum: 60_000,
    default: 2_000,
    description: 'A downstream call that takes longer has failed.',
  }),
  CIRCUIT_BREAKER_THRESHOLD: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 5,
    description: 'Consecutive failures that open the circuit.',
  }),
  CIRCUIT_BREAKER_RESET_MS: Type.Integer({
    minimum: 1,
    maximum: 3_600_000,
    default: 30_000,
    description: 'How long the circuit stays open before a probe.',
  }),
  HEALTH_CHECK_MS: Type.Integer({
    minimum: 10,
    maximum: 60_000,
    default: 1_000,
    description: 'How often the downstream is asked for its health.',
  }),
  HEIJUNKA_STRATEGY: Type.Enum(['per-worker', 'shared'], {
    default: 'per-worker',
    description: 'Whether each worker has its own lane, rebalanced, or all pull from one.',
  }),
  HEIJUNKA_REBALANCE_MS: Type.Integer({
    minimum: 10,
    maximum: 3_600_000,
    default: 30_000,
    description: 'How often the lanes are rebalanced.',
  }),
  BODY_LIMIT_BYTES: Type.Integer({
    minimum: 1_024,
    maximum: 16_777_216,
    default: 65_536,
    description: 'Larger request bodies are refused with 413.',
  }),
  SIGNALS_KEPT: Type.Integer({
    minimum: 1,
    maximum: 10_000_000,
    default: 10_000,
    description: 'How many finished signals can still be asked for by id.',
  }),
  DEAD_LETTERS_KEPT: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 1_000,
    description: 'How many dead letters are kept.',
  }),
  ALERT_HIGH_QUEUE_DEPTH_MS: alertMs('HighQueueDepth', 2 * MINUTE_MS),
  ALERT_HIGH_LATENCY_MS: alertMs('HighLatency', MINUTE_MS),
  ALERT_HIGH_ERROR_RATE_MS: alertMs('HighErrorRate', 2 * MINUTE_MS),
  ALERT_CIRCUIT_BREAKER_OPEN_MS: alertMs('CircuitBreakerOpen', 30_000),
  ALERT_HIGH_WORKER_UTILIZATION_MS: alertMs('HighWorkerUtilization', 5 * MINUTE_MS),
  ALERT_PROCESSING_RATE_ZERO_MS: alertMs('ProcessingRateZero', MINUTE_MS),
  SHUTDOWN_GRACE_MS: Type.Integer({
    minimum: 0,
    maximum: 600_000,
    default: 30_000,
    description: 'How long accepted signals may take to finish after SIGTERM.',
  }),
})

/** The configuration of the process. */
export type Config = Static<typeof ConfigSchema>

/** Thrown when a variable has a value that can't be used. The message names each one and what it may be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Reads the configuration from `environment`. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  try {
    return envSchema<Config>({ schema: ConfigSchema, data: environment, env: false })
  } catch (error) {
    throw new ConfigError(
      `The configuration can't be used: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}
