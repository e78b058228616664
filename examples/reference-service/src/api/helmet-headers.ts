import fastifyHelmet from '@fastify/helmet'
import { fastify } from 'fastify'

/**
 * Those that mean something for the answer to a POST, which is data: that it is not to be taken for something else, and that
 * nobody frames it. `frame-ancestors` does what `x-frame-options` does. Source: OWASP, REST Security Cheat Sheet.
 */
const OF_DATA = new Set(['content-security-policy', 'x-content-type-options'])

/** The headers that helmet sets: all of them, and those that are worth their time where every microsecond counts. */
export interface HelmetHeaders {
  readonly pages: Readonly<Record<string, string>>
  readonly data: Readonly<Record<string, string>>
}

/**
 * The headers that helmet sets. They are always the same, but it would make them anew for each answer: so it is asked once.
 * Answers are data: they may load nothing, and be framed by nobody. Pages say for themselves what they may.
 */
export async function helmetHeaders(): Promise<HelmetHeaders> {
  const app = fastify()
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  })
  app.get('/', async () => '')
  const { headers } = await app.inject('/')
  await app.close()
  const own = /^(content-length|content-type|date|connection)$/
  const set = Object.entries(headers).flatMap(([name, value]) =>
    own.test(name) ? [] : [[name, String(value)] as const],
  )
  return {
    pages: Object.fromEntries(set),
    data: Object.fromEntries(set.filter(([name]) => OF_DATA.has(name))),
  }
}
