import { envSchema } from 'env-schema'
import { Type } from 'typebox'
import { Tracing } from './start.ts'
import { type TracingConfig, tracingOptions } from '../config/tracing.ts'

const schema = Type.Object(tracingOptions)

/** The configuration of tracing that `environment` makes. */
export function tracingConfig(environment: Readonly<Record<string, string>> = {}): TracingConfig {
  return envSchema<TracingConfig>({ schema, data: environment, env: false })
}

/** Tracing that keeps every trace. */
export function tracingOf(environment: Readonly<Record<string, string>> = {}): Tracing {
  return new Tracing(tracingConfig({ OTEL_TRACES_SAMPLER: 'parentbased_always_on', ...environment }))
}
