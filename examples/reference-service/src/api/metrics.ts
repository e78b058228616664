import type { TextFormat } from '@tps/andon/prometheus'
import { databaseMetrics } from '../database/metrics.ts'
import { createMetrics } from '../metrics.ts'
import type { Service } from '../service.ts'
import type { App } from './app.ts'

/** `GET /metrics`, for Prometheus: its text format, or OpenMetrics for who accepts that. */
export function metricsRoutes(app: App, service: Service): void {
  const page = createMetrics(service)
  app.get('/metrics', { schema: { summary: 'Metrics for Prometheus', tags: ['readings'] } }, async (request, reply) => {
    const { tasks } = service.tools
    const before = (format: TextFormat): string =>
      tasks ? databaseMetrics(tasks.database.snapshot().queries, format) : ''
    const { contentType, body } = page.render({ accept: request.headers.accept, before })
    return await reply.type(contentType).send(body)
  })
}
