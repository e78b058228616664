// #region readme
import { BreakerRegistry, HealthMonitor, compose, timeout } from '@tps/jidoka'

const replicas = ['db-1', 'db-2', 'db-3']
const breakers = new BreakerRegistry({
  name: 'replica',
  maxOpenRatio: 0.67, // two of three may be out; the last one is always asked
  breaker: { trip: { consecutiveFailures: 2 } },
})
for (const replica of replicas) breakers.get(replica) // the share is one of those it knows

async function query(sql: string): Promise<string> {
  const replica = replicas.find((name) => breakers.get(name).state === 'closed') ?? 'db-1'
  return await compose(breakers.get(replica), timeout(200)).execute(({ signal }) => run(replica, sql, signal))
}

using health = new HealthMonitor({
  checks: {
    database: { check: () => query('select 1'), intervalMs: 5_000, timeoutMs: 1_000 },
    replicas: { check: () => (breakers.snapshot().open === 0 ? 'healthy' : 'degraded'), critical: false },
  },
})
health.on('change', ({ from, to }) => console.log(`database: ${from} → ${to}`))
health.start()
// #endregion

const broken = new Set(['db-1', 'db-2', 'db-3'])
async function run(replica: string, sql: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  if (broken.has(replica)) throw new Error(`${replica} does not answer to ${sql}`)
  return `${replica}: ok`
}
for (let call = 0; call < 8; call++) await query('select 1').catch((error: unknown) => console.log(String(error)))
broken.delete('db-3')
const answer = await query('select 1')
const report = await health.checkNow()
console.log(answer, report.status, breakers.snapshot())
if (answer !== 'db-3: ok' || report.status !== 'degraded') throw new Error('the third one should serve')
