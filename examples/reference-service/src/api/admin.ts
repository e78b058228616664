import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { SettingsSchema } from '../settings.ts'
import type { Service } from '../service.ts'
import type { App } from './app.ts'

/** `/admin`: open on this machine, and from elsewhere with the token only. */
export function adminRoutes(app: App, { config, settings, log }: Service): void {
  app.register(async (admin) => {
    admin.addHook('onRequest', async (request, reply) => {
      if (mayAdminister(request, config.ADMIN_TOKEN)) return
      await reply.code(403).send({
        error: 'Forbidden',
        message: '/admin answers on this machine only, or with "Authorization: Bearer <ADMIN_TOKEN>".',
        trace_id: request.traceId,
      })
    })
    admin.get('/admin/config', async () => settings.current)
    admin.patch(
      '/admin/config',
      { schema: { body: Type.Partial(SettingsSchema, { additionalProperties: false, minProperties: 1 }) } },
      async (request) => {
        const changed = settings.change(request.body as Partial<typeof settings.current>)
        log.info({ trace_id: request.traceId, component: 'admin', changed: request.body }, 'settings changed')
        return changed
      },
    )
  })
}

const LOOPBACK_ADDRESSES = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

function mayAdminister(request: FastifyRequest, token: string | undefined): boolean {
  // A name that someone else resolves to this machine (DNS rebinding) has another Host.
  if (LOOPBACK_ADDRESSES.has(request.ip) && LOOPBACK_NAMES.has(request.hostname)) return true
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  return token !== undefined && given !== undefined && equalInConstantTime(given, token)
}

function equalInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
