import { type Static, Type } from 'typebox'
import { choice, integer, number, optionalText } from './kinds.ts'

/** Tracing. The names with OTEL_ are those of OpenTelemetry and mean what they mean there. */
export const tracingOptions = {
  TRACING: choice(['on', 'off'], 'on', 'Whether spans are made. Trace ids are there in any case.'),
  TRACES_PER_SECOND: integer(
    100,
    [1, 1_000_000],
    'Without OTEL_TRACES_SAMPLER: how many traces a second are recorded at the most.',
  ),
  LOG_PER_SECOND: integer(
    100,
    [1, 1_000_000],
    'How many signals a second are followed in the log, and how many others have a line when they completed. Failures always have one.',
  ),
  TRACES_KEPT: integer(
    1_000,
    [1, 1_000_000],
    'How many traces are kept for GET /traces. The oldest ordinary ones go first.',
  ),
  TRACES_KEPT_BYTES: integer(33_554_432, [100_000, 17_179_869_184], 'How many bytes they may take, about.'),
  TRACES_SLOW_MS: integer(
    100,
    [1, 3_600_000],
    'Traces that take this long, in ms, are kept longer than others, and so are failed ones.',
  ),
  OTEL_SDK_DISABLED: choice(['true', 'false'], 'false', '"true" does what TRACING=off does.'),
  OTEL_SERVICE_NAME: optionalText('One service name for all spans, in place of the names of the labs.'),
  OTEL_RESOURCE_ATTRIBUTES: optionalText('key=value,key=value: on every span that is sent.'),
  OTEL_TRACES_SAMPLER: Type.Optional(
    Type.Enum(
      [
        'always_on',
        'always_off',
        'traceidratio',
        'parentbased_always_on',
        'parentbased_always_off',
        'parentbased_traceidratio',
      ],
      { description: 'Which traces are recorded. Default: all, up to TRACES_PER_SECOND.' },
    ),
  ),
  OTEL_TRACES_SAMPLER_ARG: number(1, [0, 1], 'The share of traces for the samplers by ratio.'),
  OTEL_TRACES_EXPORTER: Type.Optional(
    Type.Enum(['otlp', 'none'], {
      description: 'Whether spans are sent. Default: "otlp" where an endpoint is given, else "none".',
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalText('Where spans are sent to by OTLP over HTTP; /v1/traces is added.'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optionalText('The same, used as it is.'),
  OTEL_BSP_SCHEDULE_DELAY: integer(5_000, [1, 600_000], 'How often spans are sent, in ms.'),
  OTEL_BSP_EXPORT_TIMEOUT: integer(30_000, [1, 600_000], 'How long sending may take, in ms.'),
  OTEL_BSP_MAX_QUEUE_SIZE: integer(
    2_048,
    [1, 1_000_000],
    'How many spans may wait to be sent. More are lost, and counted.',
  ),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: integer(512, [1, 1_000_000], 'How many spans are sent at once.'),
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: integer(128, [1, 10_000], 'How many attributes a span may have.'),
  OTEL_SPAN_EVENT_COUNT_LIMIT: integer(128, [1, 10_000], 'How many events a span may have.'),
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: integer(
    4_096,
    [1, 1_000_000],
    'How long the value of an attribute may be; the rest is cut off.',
  ),
}

const TracingSchema = Type.Object(tracingOptions)

/** The part of the configuration that concerns tracing. */
export type TracingConfig = Static<typeof TracingSchema>
