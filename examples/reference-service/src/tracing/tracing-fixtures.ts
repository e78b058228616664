import { envSchema } from 'env-schema'
import { Type } from 'typebox'
import { type Logger, pino } from 'pino'
import { Tracing } from './start.ts'
import { type TracingConfig, tracingOptions } from '../config/tracing.ts'

const schema = Type.Object(tracingOptions)

/** The configuration of tracing that `environment` makes. */
export function tracingConfig(environment: Readonly<Record<string, string>> = {}): TracingConfig {
  return envSchema<TracingConfig>({ schema, data: environment, env: false })
}

/** Tracing that keeps every trace, and logs nothing. */
export function tracingOf(
  environment: Readonly<Record<string, string>> = {},
  log: Logger = pino({ level: 'silent' }),
): Tracing {
  return new Tracing(tracingConfig({ OTEL_TRACES_SAMPLER: 'parentbased_always_on', ...environment }), log)
}
