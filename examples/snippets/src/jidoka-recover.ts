// Recovers without traffic, brings it back by and by, and listens to what the callee asks for.
// #region readme
import { CircuitBreaker, type Judgement, type Outcome } from '@tps/jidoka'

const search = new CircuitBreaker({
  name: 'search',
  trip: { consecutiveFailures: 2 },
  break: { ms: 50, factor: 2, maxMs: 60_000, jitterRatio: 0.2 },
  probe: { check: (signal) => ping('search', signal), maxWaitMs: 5_000, overflow: 'wait', maxWaiting: 50 },
  rampUp: { ms: 10_000, fromRatio: 0.1 },
  classify: (outcome: Outcome<Response>): Judgement => {
    if (!outcome.ok) return { verdict: 'failure' }
    const { status, headers } = outcome.value
    const retryAfterMs = Number(headers.get('retry-after') ?? 0) * 1_000 || undefined
    // Overloaded, and it says for how long: one such answer is enough.
    return { verdict: status < 500 ? 'success' : 'failure', retryAfterMs, trip: status === 503 && !!retryAfterMs }
  },
})
search.on('open', ({ reason, breakMs }) => console.log(`open for ${breakMs} ms: ${reason}`))
search.on('close', ({ reason }) => console.log(`closed: ${reason}`))
// #endregion

async function ping(name: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  console.log(`${name} answers again`)
}

await search.execute(() => new Response('busy', { status: 503, headers: { 'retry-after': '0.2' } }))
if (search.state !== 'open') throw new Error(`expected it to be open, but it is ${search.state}`)
await new Promise((resolve) => setTimeout(resolve, 400))
const { state, rampRatio } = search.snapshot()
if (state !== 'closed' || rampRatio > 0.2) throw new Error(`expected it to come back slowly: ${state} ${rampRatio}`)
search[Symbol.dispose]()
