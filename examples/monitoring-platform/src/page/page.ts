import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyHelmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import { PAGE_FOLDERS } from '@tps-examples/pages'
import type { App } from '../app.ts'
import type { Platform } from '../platform.ts'
import { liveRoute } from './live-route.ts'

const WEB = join(import.meta.dirname, '../../web')

const NONE = ["'none'"]
const SELF = ["'self'"]

/** `GET /` for browsers, with everything that it needs, and the live samples that it shows. */
export function pageRoutes(app: App, platform: Platform): void {
  void app.register(async (pages) => {
    // No script, style or connection from elsewhere, nothing inline, and no text that becomes HTML.
    await pages.register(fastifyHelmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: NONE,
          scriptSrc: SELF,
          styleSrc: SELF,
          connectSrc: SELF,
          imgSrc: SELF,
          baseUri: NONE,
          formAction: NONE,
          frameAncestors: NONE,
          requireTrustedTypesFor: ["'script'"],
          trustedTypes: NONE,
        },
      },
      xFrameOptions: { action: 'deny' },
      // The platform speaks HTTP. A proxy with a certificate in front of it sets this itself.
      strictTransportSecurity: false,
    })
    await pages.register(fastifyStatic, { root: [WEB, ...PAGE_FOLDERS], prefix: '/page/', index: false })
    const page = readFileSync(join(WEB, 'index.html'))
    pages.get('/', async (request, reply) => {
      void reply.header('vary', 'accept')
      // Programs, which don't ask for HTML, are told what there is.
      if (!request.headers.accept?.includes('text/html')) return reply.callNotFound()
      return await reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page)
    })
    liveRoute(pages, platform)
  })
}
