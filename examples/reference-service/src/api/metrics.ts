import { createRegistry } from '../metrics.ts'
import type { Service } from '../service.ts'
import type { App } from './app.ts'

/** `GET /metrics`, for Prometheus. */
export function metricsRoutes(app: App, service: Service): void {
  const registry = createRegistry(service)
  app.get('/metrics', async (_request, reply) => await reply.type(registry.contentType).send(await registry.metrics()))
}
