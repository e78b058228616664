import { healthOf } from '../health.ts'
import { infoOf } from '../info.ts'
import type { Service } from '../service.ts'
import { statusOf } from '../status.ts'
import type { App } from './app.ts'

/** `GET /status`, `/health`, `/info`, `/alerts`, `/diagnosis` and `/slo`. */
export function statusRoutes(app: App, service: Service): void {
  app.get('/status', readingOf('How jidoka, kanban, heijunka, kaizen and andon are'), async () =>
    statusOf(service.observe()),
  )
  app.get('/info', readingOf('Version, routes and effective configuration'), async () => infoOf(service))
  app.get('/health', readingOf('Whether the service and what it depends on are well'), async (_request, reply) => {
    const health = healthOf(await service.health.checkNow())
    return await reply.code(health.status === 'unhealthy' ? 503 : 200).send(health)
  })
  app.get('/alerts', readingOf('Alerts that fire, and those that have'), async () => ({
    alerts: service.alerts.alerts(),
    history: service.alerts.history(),
  }))
  app.get(
    '/diagnosis',
    readingOf('What is wrong, how bad, why, and what to do'),
    async () => service.observe().diagnosis,
  )
  app.get('/slo', readingOf('What is promised, and how much of the error budget is left'), async () =>
    service.ledger.slos.snapshot(),
  )
}

/** What the API's page says of a reading. */
function readingOf(summary: string): { schema: { summary: string; tags: string[] } } {
  return { schema: { summary, tags: ['readings'] } }
}
