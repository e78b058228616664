import { type FastifyInstance, fastify } from 'fastify'
import type { Supervisor } from './supervisor.ts'

const HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])

/** How chaos reaches the processes: on this machine only. */
export function createControl(supervisor: Supervisor): FastifyInstance {
  const app = fastify({ forceCloseConnections: true })
  app.addHook('onRequest', async (request, reply) => {
    // A page in a browser can't name this machine so, whatever its own name resolves to.
    if (!HOSTS.has(request.hostname)) await reply.code(403).send({ error: 'Forbidden' })
  })
  app.get('/processes', async () => ({ processes: supervisor.list() }))
  app.post<{ Params: { name: string; action: string } }>('/processes/:name/:action', async (request, reply) => {
    const { name, action } = request.params
    const act = { kill: () => supervisor.kill(name), start: () => supervisor.revive(name) }[action]
    const state = act?.()
    if (state) return { action, ...state }
    return await reply
      .code(404)
      .send({ error: 'Not Found', message: `There is no running process "${name}" to ${action}.` })
  })
  return app
}
