import type { Service } from '../service.ts'
import { adminRoutes } from './admin.ts'
import { boardRoutes } from './board.ts'
import { docsRoutes } from './docs.ts'
import { metricsRoutes } from './metrics.ts'
import { type App, createServer } from './server.ts'
import { signalRoutes } from './signals.ts'
import { statusRoutes } from './status.ts'
import { traceRoutes } from './traces.ts'

export type { App } from './server.ts'

/** The HTTP side of the service: routes, validation, errors. Not listening yet. */
export async function createApp(service: Service): Promise<App> {
  const app = await createServer(service.config, service.log)
  await docsRoutes(app)
  signalRoutes(app, service)
  statusRoutes(app, service)
  metricsRoutes(app, service)
  adminRoutes(app, service)
  await boardRoutes(app, service)
  traceRoutes(app, service)
  return app
}
