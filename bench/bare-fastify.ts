import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { SignalRequestSchema } from '../examples/reference-service/src/signal.ts'

/** What is used of Fastify, which is a dependency of the service and not of the repository. */
interface Fastify {
  fastify(): {
    post(path: string, options: object, handler: (request: unknown, reply: Reply) => Promise<unknown>): void
    listen(options: { port: number }): Promise<string>
  }
}
interface Reply {
  code(status: number): Reply
  send(body: object): Promise<unknown>
}

// What the service is measured against: a bare Fastify route that checks the same schema and answers 202.
const require = createRequire(new URL('../examples/reference-service/package.json', import.meta.url))
const app = (require('fastify') as Fastify).fastify()
app.post('/signal', { schema: { body: SignalRequestSchema } }, async (_request, reply) => {
  const timestamp = new Date().toISOString()
  return await reply.code(202).send({ signal_id: randomUUID(), status: 'accepted', trace_id: randomUUID(), timestamp })
})
const url = await app.listen({ port: Number(process.env['PORT'] ?? 0) })
console.log(JSON.stringify({ msg: 'listening', url }))
