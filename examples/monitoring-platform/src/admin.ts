import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { alertingAdminRoutes } from './alerting/routes.ts'
import type { App } from './app.ts'
import type { Platform } from './platform.ts'

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** `POST /admin/backup`, `POST /admin/compact`, and those of the alerting engine, from this machine only. */
export function adminRoutes(app: App, platform: Platform): void {
  void app.register(async (admin) => {
    admin.addHook('onRequest', async (request, reply) => {
      if (LOOPBACK.has(request.socket.remoteAddress ?? '')) return undefined
      const message = '/admin answers on the machine of the platform only.'
      return await reply.code(403).send({ error: 'Forbidden', message })
    })

    admin.post('/admin/backup', async () => {
      await platform.flush()
      const directory = join(platform.config.DATA_DIR, 'backups')
      mkdirSync(directory, { recursive: true })
      const path = join(directory, `${new Date().toISOString().replaceAll(':', '-')}.${platform.store.name}`)
      await platform.store.backup(path)
      return { path }
    })

    admin.post('/admin/compact', async () => {
      await platform.flush()
      const before = platform.store.snapshot().bytes
      await platform.store.compact(true)
      return { bytes_before: before, bytes: platform.store.snapshot().bytes }
    })
    alertingAdminRoutes(admin, platform.alerting)
    await Promise.resolve()
  })
}
