import { MetricsPage, type TextFormat } from '@tps/andon/prometheus'
import { databaseMetrics } from '../database/metrics.ts'
import { infoOf } from '../info.ts'
import type { Report } from '../nats/report.ts'
import type { DownstreamRole } from '../roles/downstream.ts'
import type { WorkerRole } from '../roles/worker.ts'
import { type App, createServer } from './server.ts'

/** The HTTP side of a role without an API: whether it is well, what it is at, and its metrics. Not listening yet. */
export async function createRoleApp(role: WorkerRole | DownstreamRole): Promise<App> {
  const { config, log, settings } = role
  const app = await createServer(config, log)
  const page = metricsOf(() => role.report())
  app.get('/health', async (_request, reply) => {
    const queue = role.isConnected ? 'healthy' : 'unhealthy'
    return await reply
      .code(role.isConnected ? 200 : 503)
      .send({ status: queue, role: config.TPS_ROLE, components: { queue }, timestamp: new Date().toISOString() })
  })
  app.get('/status', async () => role.report())
  app.get('/info', async () => infoOf({ config, settings }))
  app.get('/metrics', async (request, reply) => {
    const tasks = 'tools' in role ? role.tools.tasks : undefined
    const before = (format: TextFormat): string =>
      tasks ? databaseMetrics(tasks.database.snapshot().queries, format) : ''
    const { contentType, body } = page.render({ accept: request.headers.accept, before })
    return await reply.type(contentType).send(body)
  })
  return app
}

function metricsOf(report: () => Report): MetricsPage {
  return new MetricsPage({
    breakers: () => {
      const { work, chain } = report()
      return [...(work ? [work.breaker] : []), ...(chain ?? [])].map((one) => ({ name: one.name, snapshot: () => one }))
    },
    pools: () => {
      const { work } = report()
      return work ? [{ name: work.pool.name, snapshot: () => work.pool }] : []
    },
    autoscalers: () => {
      const scaler = report().work?.autoscaler
      return scaler ? [{ name: scaler.name, snapshot: () => scaler }] : []
    },
    names: 'both',
  })
}
