// #region readme
import { BulkheadFullError, CircuitOpenError, TimeoutError, resilient } from '@tps/jidoka'
import { fastify } from 'fastify'

const stock = resilient({ name: 'stock', retry: false, bulkhead: { limit: 50 }, timeout: 500 })

const app = fastify()
app.get<{ Params: { sku: string } }>('/stock/:sku', async (request) => {
  return await stock.execute(({ signal }) => readStock(request.params.sku, signal), { signal: request.signal })
})

// One place turns refusals into answers that a caller can act on.
app.setErrorHandler((error, _request, reply) => {
  const retryAfterMs = error instanceof CircuitOpenError ? (error.retryAfterMs ?? 1_000) : 1_000
  if (error instanceof CircuitOpenError || error instanceof BulkheadFullError)
    return reply
      .code(503)
      .header('retry-after', Math.ceil(retryAfterMs / 1_000))
      .send()
  return reply.code(error instanceof TimeoutError ? 504 : 502).send()
})
// #endregion

async function readStock(sku: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  if (sku === 'broken') throw new Error('no answer')
  return `seven of ${sku}`
}
const get = async (sku: string): Promise<string> => {
  const { statusCode, headers, body } = await app.inject(`/stock/${sku}`)
  return `${statusCode} ${headers['retry-after'] ?? '-'} ${body}`.trim()
}
const answers = [await get('tea')]
for (let call = 0; call < 6; call++) answers.push(await get('broken'))
await app.close()
console.log(answers)
if (answers[0] !== '200 - seven of tea' || answers[1] !== '502 -' || answers[6] !== '503 30')
  throw new Error('five failures should have opened the circuit')
