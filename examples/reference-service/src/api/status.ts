import { healthOf } from '../health.ts'
import { infoOf } from '../info.ts'
import type { Service } from '../service.ts'
import { statusOf } from '../status.ts'
import type { App } from './app.ts'

/** `GET /status`, `GET /health`, `GET /info`. */
export function statusRoutes(app: App, service: Service): void {
  app.get('/status', async () => statusOf(service))
  app.get('/info', async () => infoOf(service))
  app.get('/health', async (_request, reply) => {
    const health = healthOf(service)
    return await reply.code(health.status === 'unhealthy' ? 503 : 200).send(health)
  })
}
