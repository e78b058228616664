import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Service } from '../service.ts'
import { alertRoutes } from './admin/alerts.ts'
import { chaosRoutes } from './admin/chaos.ts'
import { configRoutes } from './admin/config.ts'
import { cordRoutes } from './admin/cord.ts'
import { databaseRoutes } from './admin/database.ts'
import { deadLetterRoutes } from './admin/dead-letters.ts'
import { experimentRoutes } from './admin/experiments.ts'
import type { App } from './server.ts'
import { equalInConstantTime } from './secrets.ts'
import { otlpRoutes } from './traces.ts'

/** `/admin`: open on this machine, and from elsewhere with the token only. */
export function adminRoutes(app: App, service: Service): void {
  app.register(async (scope) => {
    const admin = scope.withTypeProvider<TypeBoxTypeProvider>()
    admin.addHook('onRequest', async (request, reply) => {
      if (mayAdminister(request, service.config.ADMIN_TOKEN)) return
      await reply.code(403).send({
        error: 'Forbidden',
        message: '/admin answers on this machine only, or with "Authorization: Bearer <ADMIN_TOKEN>".',
        trace_id: request.traceId,
      })
    })
    configRoutes(admin, service)
    alertRoutes(admin, service)
    cordRoutes(admin, service)
    databaseRoutes(admin, service)
    deadLetterRoutes(admin, service)
    otlpRoutes(admin, service)
    chaosRoutes(admin, service)
    experimentRoutes(admin, service)
  })
}

const LOOPBACK_ADDRESSES = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

function mayAdminister(request: FastifyRequest, token: string | undefined): boolean {
  // A page from elsewhere may have the browser of this machine send a request that needs no body.
  if (request.headers['sec-fetch-site'] === 'cross-site') return false
  // A name that someone else resolves to this machine (DNS rebinding) has another Host.
  if (LOOPBACK_ADDRESSES.has(request.ip) && LOOPBACK_NAMES.has(request.hostname)) return true
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  return token !== undefined && given !== undefined && equalInConstantTime(given, token)
}
