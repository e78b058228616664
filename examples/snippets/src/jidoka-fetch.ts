import { createServer } from 'node:http'
// #region readme
import { createFetch } from '@tps/jidoka/fetch'

const fetch = createFetch({
  registry: { breaker: { trip: { failureRatio: 0.5 } } },
  timeoutMs: 2_000,
  retry: { attempts: 3, delay: { ms: 50 } },
})

async function load(url: string): Promise<string> {
  const response = await fetch(url)
  return `${response.status} ${await response.text()}`
}
// #endregion

// Fails once, works, and then asks to be left alone for a minute.
const answers = [502, 200, 503]
const server = createServer((_request, response) => {
  const status = answers.shift() ?? 500
  response.writeHead(status, status === 503 ? { 'retry-after': '60' } : {}).end('from the server')
})
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
const address = server.address()
if (typeof address !== 'object' || address === null) throw new Error('not listening')
const origin = `http://127.0.0.1:${address.port}`
const first = await load(origin)
const second = await load(origin)
const third = await load(origin).catch(String)
console.log([first, second, third])
server.close()
server.closeAllConnections()
if (first !== '200 from the server') throw new Error('the second attempt should have succeeded')
if (second !== '503 from the server') throw new Error('nobody waits for a minute')
if (!third.startsWith('CircuitOpenError')) throw new Error('should have been refused')
