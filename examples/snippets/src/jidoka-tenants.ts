// #region readme
import { BreakerRegistry } from '@tps/jidoka'

const tenants = new BreakerRegistry({
  name: 'tenant',
  maxEntries: 10_000,
  idleMs: 15 * 60_000,
  breaker: (tenant) => ({ trip: { consecutiveFailures: tenant.startsWith('trial-') ? 2 : 5 } }),
})
tenants.on('create', ({ key, breaker }) => breaker.on('open', ({ cause }) => console.log(`${key}: ${String(cause)}`)))
tenants.on('evict', ({ key }) => console.log(`${key} has been idle`))

async function deliver(tenant: string, message: string): Promise<void> {
  await tenants.get(tenant).execute(() => send(tenant, message))
}
// #endregion

async function send(tenant: string, message: string): Promise<void> {
  if (tenant === 'trial-7') throw new Error(`no one takes "${message}"`)
}
for (let call = 0; call < 3; call++)
  await deliver('trial-7', 'hello').catch((error: unknown) => console.log(String(error)))
await deliver('acme', 'hello')
console.log(tenants.snapshot())
if (tenants.snapshot().open !== 1 || tenants.get('acme').state !== 'closed')
  throw new Error('one tenant in trouble should not trouble the others')
