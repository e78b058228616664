import { healthOf } from '../health.ts'
import { infoOf } from '../info.ts'
import type { Service } from '../service.ts'
import { statusOf } from '../status.ts'
import type { App } from './app.ts'

/** `GET /status`, `/health`, `/info`, `/alerts`, `/diagnosis` and `/slo`. */
export function statusRoutes(app: App, service: Service): void {
  app.get('/status', async () => statusOf(service.observe()))
  app.get('/info', async () => infoOf(service))
  app.get('/health', async (_request, reply) => {
    const health = healthOf(service)
    return await reply.code(health.status === 'unhealthy' ? 503 : 200).send(health)
  })
  app.get('/alerts', async () => ({ alerts: service.alerts.alerts(), history: service.alerts.history() }))
  app.get('/diagnosis', async () => service.observe().diagnosis)
  app.get('/slo', async () => service.ledger.slos.snapshot())
}
