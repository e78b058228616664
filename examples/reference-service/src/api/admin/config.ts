import { Type } from 'typebox'
import { SettingsSchema } from '../../settings.ts'
import type { Service } from '../../service.ts'
import type { App } from '../app.ts'

/** `GET` and `PATCH /admin/config`: the settings that can be changed while it runs. */
export function configRoutes(app: App, { settings, log }: Service): void {
  app.get(
    '/admin/config',
    { schema: { summary: 'The settings in force', tags: ['admin'] } },
    async () => settings.current,
  )
  app.patch(
    '/admin/config',
    {
      schema: {
        summary: 'Change settings',
        tags: ['admin'],
        body: Type.Partial(SettingsSchema, { additionalProperties: false, minProperties: 1 }),
      },
    },
    async (request) => {
      const changed = settings.change(request.body)
      log.info({ trace_id: request.traceId, component: 'admin', changed: request.body }, 'settings changed')
      return changed
    },
  )
}
