// #region readme
import { type ServerResponse, createServer } from 'node:http'
import { BulkheadFullError, CircuitBreaker, CircuitOpenError, bulkhead, compose, timeout } from '@tps/jidoka'

const stock = compose(bulkhead({ limit: 50, queueCapacity: 100 }), new CircuitBreaker({ name: 'stock' }), timeout(500))

const server = createServer((request, response) => {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  stock
    .execute(({ signal }) => readStock(request.url ?? '/', signal), { signal: gone.signal })
    .then((body) => response.end(body))
    .catch((error: unknown) => refuse(response, error))
})

function refuse(response: ServerResponse, error: unknown): void {
  const isBusy = error instanceof CircuitOpenError || error instanceof BulkheadFullError
  const retryAfterMs = error instanceof CircuitOpenError ? (error.retryAfterMs ?? 1_000) : 1_000
  response.statusCode = isBusy ? 503 : 502
  if (isBusy) response.setHeader('retry-after', Math.ceil(retryAfterMs / 1_000))
  response.end()
}
// #endregion

async function readStock(path: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  if (path === '/broken') throw new Error('no answer')
  return 'seven pieces'
}
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
const address = server.address()
if (typeof address !== 'object' || address === null) throw new Error('not listening')
const get = async (path: string): Promise<string> => {
  const response = await fetch(`http://127.0.0.1:${address.port}${path}`)
  return `${response.status} ${response.headers.get('retry-after') ?? '-'} ${await response.text()}`.trim()
}
const answers = [await get('/tea')]
for (let call = 0; call < 6; call++) answers.push(await get('/broken'))
console.log(answers)
server.close()
server.closeAllConnections()
if (answers[0] !== '200 - seven pieces' || answers[1] !== '502 -' || answers[6] !== '503 30')
  throw new Error('five failures should have opened the circuit')
