// #region readme
import { createServer } from 'node:http'
import { rateLimiter } from '@tps/heijunka'

const limiter = rateLimiter({ name: 'api', limit: 10, perMs: 1_000, burst: 20, maxKeys: 100_000 })

const server = createServer((request, response) => {
  const key = request.socket.remoteAddress ?? 'unknown'
  if (!limiter.tryTakeFor(key)) {
    response.statusCode = 429
    response.setHeader('retry-after', Math.ceil(limiter.retryAfterMs / 1_000))
    response.end()
    return
  }
  response.setHeader('x-ratelimit-remaining', limiter.peek({ key }).remaining)
  response.end('seven pieces')
})
// #endregion

await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
const address = server.address()
if (typeof address !== 'object' || address === null) throw new Error('not listening')
const answers: Record<string, number> = {}
for (let call = 0; call < 60; call++) {
  const { status, headers } = await fetch(`http://127.0.0.1:${address.port}/`)
  const line = `${status}, retry after ${headers.get('retry-after') ?? '-'}`
  answers[line] = (answers[line] ?? 0) + 1
}
console.log(answers)
server.close()
server.closeAllConnections()
if ((answers['200, retry after -'] ?? 0) < 20) throw new Error('the burst should have been served')
