import { createServer } from 'node:http'
// #region readme
import { CircuitBreaker, type Outcome } from '@tps/jidoka'

const search = new CircuitBreaker({
  name: 'search',
  window: { kind: 'time', ms: 30_000 },
  trip: { failureRatio: 0.5, slowRatio: 0.8, slowCallMs: 2_000, minimumCalls: 4 },
  classify: (outcome: Outcome<Response>) => {
    if (!outcome.ok) return 'failure'
    if (outcome.value.status === 429) return 'ignore'
    return outcome.value.status < 500 ? 'success' : 'failure'
  },
})

async function find(url: string, caller: AbortSignal): Promise<number> {
  const response = await search.execute(({ signal }) => fetch(url, { signal }), { signal: caller })
  await response.body?.cancel()
  return response.status
}
// #endregion

const statuses = [200, 404, 429, 500, 503]
const server = createServer((_request, response) => void response.writeHead(statuses.shift() ?? 500).end())
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
const address = server.address()
if (typeof address !== 'object' || address === null) throw new Error('not listening')
const { signal } = new AbortController()
for (let call = 1; call <= 5; call++) console.log(await find(`http://127.0.0.1:${address.port}`, signal))
server.close()
const { state, window } = search.snapshot()
console.log(state, window)
if (state !== 'open' || window.failureRatio !== 0.5) throw new Error('two of four counted calls have failed')
