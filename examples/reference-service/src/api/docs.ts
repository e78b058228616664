import fastifySwagger from '@fastify/swagger'
import fastifySwaggerUi from '@fastify/swagger-ui'
import { VERSION } from '../info.ts'
import type { App } from './server.ts'

/** The page loads from here alone. Nothing in it is inline but one style, that of a hidden drawing, named by its hash. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-hashes' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** `GET /docs`: the API, to read and to try. Register it before the routes: it hears of each as it is added. */
export async function docsRoutes(app: App): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'TPS reference service',
        description: 'Signals in, results out; every principle of the Toyota Production System visible, and breakable.',
        version: VERSION,
      },
      tags: [
        { name: 'signals', description: 'Work for the line' },
        { name: 'readings', description: 'How the line is' },
        { name: 'admin', description: 'From this machine, or with "Authorization: Bearer <ADMIN_TOKEN>"' },
      ],
    },
    // What says nothing of itself is no part of the API: pages, their files and their events.
    transform: ({ schema, url }) => ({ schema: schema?.summary === undefined ? { hide: true } : schema, url }),
  })
  await app.register(fastifySwaggerUi, { routePrefix: '/docs', staticCSP: POLICY })
}
