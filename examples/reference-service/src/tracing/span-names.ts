import { SpanKind } from '@opentelemetry/api'

/** The spans of a signal, with the service that each is shown under: those of labs 3.4 and 6.2 and of tutorial 5. */
export const SPANS = {
  ProcessSignal: 'tps-system',
  ReceiveSignal: 'tps-api',
  ParseRequest: 'tps-api',
  'Kanban.Enqueue': 'tps-queue',
  CheckQueueCapacity: 'tps-queue',
  'Worker.Dequeue': 'tps-worker',
  WaitForWork: 'tps-worker',
  ProcessWork: 'tps-worker',
  ValidateSignal: 'tps-worker',
  ExecuteTask: 'tps-worker',
  FetchFromCache: 'tps-worker',
  FetchFromDatabase: 'tps-worker',
  ParseResult: 'tps-worker',
  RecordResult: 'tps-worker',
  'Jidoka.Check': 'tps-jidoka',
  CallDownstream: 'tps-jidoka',
  'Downstream.Call': 'tps-downstream',
  'Kaizen.RecordMetric': 'tps-metrics',
  'Heijunka.UpdateLoad': 'tps-heijunka',
  ReturnResponse: 'tps-api',
} as const

/** A span by its name. */
export type SpanName = keyof typeof SPANS

/** A service by its name. */
export type ServiceName = (typeof SPANS)[SpanName]

const KINDS: Readonly<Partial<Record<SpanName, SpanKind>>> = {
  ProcessSignal: SpanKind.SERVER,
  FetchFromDatabase: SpanKind.CLIENT,
  CallDownstream: SpanKind.CLIENT,
  'Downstream.Call': SpanKind.SERVER,
}

/** Which side of a call a span is. */
export function kindOf(name: SpanName): SpanKind {
  return KINDS[name] ?? SpanKind.INTERNAL
}
