import { MetricsPage } from '@tps/andon/prometheus'
import { type AlertingReading, alertingReadings } from './alerting/readings.ts'
import type { App } from './app.ts'
import type { Platform } from './platform.ts'

/** `GET /status`, `GET /health` and `GET /metrics`: each component and its bottleneck as a number. */
export function statusRoutes(app: App, platform: Platform): void {
  const page = new MetricsPage({ breakers: [platform.breaker], names: 'idiomatic' })

  app.get('/status', async () => await Promise.resolve(platform.snapshot()))

  app.get('/health', async (_request, reply) => {
    const isStoring = platform.breaker.state === 'closed'
    const status = isStoring ? 'healthy' : 'unhealthy'
    return await reply.code(isStoring ? 200 : 503).send({ status, components: { storage: status } })
  })

  app.get('/metrics', async (request, reply) => {
    const { contentType, body } = page.render({
      ...(request.headers.accept !== undefined && { accept: request.headers.accept }),
      before: readings(platform),
    })
    return await reply.header('content-type', contentType).send(body)
  })
}

/** What this platform says of itself in the text format, so that it can watch itself. */
function readings(platform: Platform): string {
  const { ingestion, queue, storage, query, series, alerting } = platform.snapshot()
  const all: readonly AlertingReading[] = [
    ['accepted_samples_total', 'counter', 'Samples that were accepted.', ingestion.accepted],
    ['bad_requests_total', 'counter', 'Requests that were refused with 400.', ingestion.badRequests],
    ['limited_requests_total', 'counter', 'Requests beyond the limit of their client.', ingestion.limited],
    ['full_requests_total', 'counter', 'Requests that found the queue full.', ingestion.full],
    ['unavailable_requests_total', 'counter', 'Requests while nothing could be stored.', ingestion.unavailable],
    ['queue_samples', 'gauge', 'Samples that wait in the queue.', queue.depth],
    ['queue_capacity_samples', 'gauge', 'Samples that may wait in the queue.', queue.capacity],
    ['stored_samples', 'gauge', 'Samples in the store.', storage.samples],
    ['store_bytes', 'gauge', 'How large the store is.', storage.bytes],
    ['series', 'gauge', 'Series that are known.', series],
    ['flush_seconds', 'gauge', 'How long the last flush took.', storage.flushMs / 1_000],
    ['flushes_total', 'counter', 'Flushes of the storage consumer.', storage.flushes],
    ['failed_flushes_total', 'counter', 'Flushes that failed and were tried again.', storage.failedFlushes],
    ['scan_seconds', 'gauge', 'How long the last scan took.', storage.scanMs / 1_000],
    ['queries_total', 'counter', 'Queries that were begun.', query.queries],
    ['failed_queries_total', 'counter', 'Queries that failed.', query.failed],
    ...alertingReadings(alerting),
  ]
  return all
    .map(([name, type, help, value]) => {
      const whole = `platform_${name}`
      return `# HELP ${whole} ${help}\n# TYPE ${whole} ${type}\n${whole} ${value}\n`
    })
    .join('')
}
