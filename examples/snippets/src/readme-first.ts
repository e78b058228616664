// #region readme
import { CircuitBreaker, CircuitOpenError } from '@tps/jidoka'

const billing = new CircuitBreaker({ name: 'billing', trip: { consecutiveFailures: 3 }, break: { ms: 10_000 } })

async function charge(url: string): Promise<string> {
  try {
    return await billing.execute(async ({ signal }) => {
      const response = await fetch(url, { signal })
      if (!response.ok) throw new Error(`billing answered ${response.status}`)
      return await response.text()
    })
  } catch (error) {
    if (error instanceof CircuitOpenError) return `refused at once, worth another try in ${error.retryAfterMs} ms`
    return `failed: ${String(error)}`
  }
}
// #endregion

const { createServer } = await import('node:http')
const server = createServer((_request, response) => void response.writeHead(500).end())
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
const address = server.address()
if (typeof address !== 'object' || address === null) throw new Error('not listening')
const answers: string[] = []
for (let call = 1; call <= 4; call++) answers.push(await charge(`http://127.0.0.1:${address.port}`))
server.close()
if (!answers[2]?.startsWith('failed') || !answers[3]?.startsWith('refused')) throw new Error(answers.join('\n'))
console.log(answers.join('\n'))
