import { Readable } from 'node:stream'
import { breakerInterceptor } from '@tps/jidoka/undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
// Undici is what the tests of @tps/jidoka need, and is installed there.
import { Agent, interceptors, request } from 'undici'
import { type Misbehaving, misbehave } from './misbehaving.ts'

let server: Misbehaving
let agent: Agent
beforeEach(async () => {
  server = await misbehave()
  agent = new Agent({ headersTimeout: 100, bodyTimeout: 200 })
})
afterEach(async () => {
  await agent.destroy()
  await server[Symbol.asyncDispose]()
})

function make(trip = { consecutiveFailures: 1 }) {
  const interceptor = breakerInterceptor({ registry: { breaker: { trip } } })
  const dispatcher = agent.compose(interceptor)
  const get = (path: string, options = {}) => request(`${server.origin}${path}`, { dispatcher, ...options })
  const read = () => interceptor.registry.peek(server.origin)?.snapshot()
  return { interceptor, get, read }
}

it('passes responses through, and counts them when their body has ended', async () => {
  const { get, read } = make()
  const { statusCode, body } = await get('/ok')
  expect([statusCode, await body.text()]).toEqual([200, 'hello'])
  await (await get('/missing')).body.dump()
  await (await get('/empty')).body.dump()
  expect(read()).toMatchObject({ name: `undici ${server.origin}`, state: 'closed', totals: { success: 3 } })
})

describe('the classification', () => {
  it.each(['/broken', '/busy', '/reset', '/hang', '/slow-headers', '/half'])(
    'opens the circuit after %s',
    async (path) => {
      const { get, read } = make()
      const reading = get(path).then(({ body }) => body.text())
      await Promise.allSettled([reading])
      expect(read()).toMatchObject({ state: 'open', totals: { failure: 1 } })
    },
  )

  it('makes the break as long as Retry-After says', async () => {
    const { get, read } = make({ consecutiveFailures: 5 })
    await (await get('/busy')).body.dump()
    expect(read()?.retryAfterMs).toBeGreaterThan(6_000)
    expect(read()?.retryAfterMs).toBeLessThanOrEqual(7_000)
  })
})

it('refuses while the circuit is open, without sending, and destroys the body of the request', async () => {
  const { interceptor, get } = make()
  interceptor.registry.get(server.origin).tryAcquire()?.failure()
  const body = new Readable({ read: () => {} })
  await expect(get('/ok', { method: 'PUT', body })).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
  expect(body.destroyed).toBe(true)
  expect(server.seen).toEqual([])
})

describe('an abort by the caller', () => {
  it('before the headers counts for nothing', async () => {
    const { get, read } = make()
    const controller = new AbortController()
    const call = get('/hang', { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('user left')), 20)
    await expect(call).rejects.toThrow('user left')
    expect(read()).toMatchObject({ state: 'closed', totals: { ignored: 1, failure: 0 } })
  })

  it('in the middle of the body counts by the status', async () => {
    const { get, read } = make()
    const { body } = await get('/endless')
    body.on('error', () => {})
    body.destroy()
    await expect.poll(() => read()?.totals).toMatchObject({ success: 1, failure: 0 })
  })
})

it('lets each attempt of undici’s own retry ask the breaker', async () => {
  const { interceptor, read } = make({ consecutiveFailures: 2 })
  const retrying = interceptors.retry({ minTimeout: 1, maxRetries: 5, statusCodes: [500] })
  const dispatcher = agent.compose(interceptor, retrying)
  await expect(request(`${server.origin}/broken`, { dispatcher })).rejects.toMatchObject({
    code: 'ERR_CIRCUIT_OPEN',
  })
  expect(read()).toMatchObject({ state: 'open', totals: { failure: 2 } })
  expect(server.seen).toHaveLength(2)
})
