import { randomUUID } from 'node:crypto'
import { fastify } from 'fastify'
import { SignalRequestSchema } from '../examples/reference-service/src/signal.ts'

// What the service is measured against: a bare Fastify route that checks the same schema and answers 202.
const app = fastify()
app.post('/signal', { schema: { body: SignalRequestSchema } }, async (_request, reply) => {
  const timestamp = new Date().toISOString()
  return await reply.code(202).send({ signal_id: randomUUID(), status: 'accepted', trace_id: randomUUID(), timestamp })
})
const url = await app.listen({ port: Number(process.env['PORT'] ?? 0) })
console.log(JSON.stringify({ msg: 'listening', url }))
