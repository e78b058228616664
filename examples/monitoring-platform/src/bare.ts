import { fastify } from 'fastify'

// What the platform's route is measured against: a route of Fastify with the same schema that does nothing.
const app = fastify()
const body = {
  type: 'object',
  required: ['name', 'value'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 256, pattern: '^[a-zA-Z_:][a-zA-Z0-9_:./-]*$' },
    value: { type: 'number' },
    timestamp: { type: 'integer' },
    tags: { type: 'object', additionalProperties: { type: 'string' } },
  },
}
app.post('/metrics', { schema: { body } }, async (_request, reply) => {
  return await reply.code(202).send({ status: 'accepted', accepted: 1 })
})
await app.listen({ port: 0, host: 'localhost' })
const { port } = app.server.address() as { port: number }
console.log(JSON.stringify({ msg: 'listening', url: `http://localhost:${port}` }))
process.once('SIGTERM', () => process.exit(0))
