import { setTimeout as delay } from 'node:timers/promises'
import { BreakerRegistry, type BreakerRegistrySnapshot, type CircuitBreakerSnapshot } from '@tps/jidoka'
import { type FetchOptions, createFetch } from '@tps/jidoka/fetch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Misbehaving, misbehave } from './misbehaving.ts'

let server: Misbehaving
beforeEach(async () => {
  server = await misbehave()
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
})

const tripAtOnce = { trip: { consecutiveFailures: 1 } }

function make(options: FetchOptions = {}) {
  const fetch = createFetch({ registry: { breaker: tripAtOnce }, timeoutMs: 200, ...options })
  const get = (path: string, init?: RequestInit) => fetch(`${server.origin}${path}`, init)
  const read = (): CircuitBreakerSnapshot | undefined => fetch.registry.peek(server.origin)?.snapshot()
  return { fetch, get, read }
}

it('is a fetch: the same parameters, the same response', async () => {
  const { fetch, get, read } = make()
  const response = await get('/created')
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    201,
    'text/plain',
    'made',
  ])
  await expect((await fetch(new URL(`${server.origin}/ok`))).text()).resolves.toBe('hello')
  await expect((await fetch(new Request(`${server.origin}/ok`))).text()).resolves.toBe('hello')
  expect(read()?.totals.success).toBe(3)
})

it('has one breaker for each origin, or for what keyOf says', async () => {
  await using other = await misbehave()
  const { fetch, get } = make()
  await get('/reset').catch(() => {})
  await expect(get('/ok')).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
  await expect(fetch(`${other.origin}/ok`)).resolves.toMatchObject({ status: 200 })
  expect(Array.from(fetch.registry, ([key]) => key).toSorted()).toEqual([server.origin, other.origin].toSorted())
  const byPath = make({ keyOf: ({ pathname }) => pathname })
  await byPath.get('/reset').catch(() => {})
  await expect(byPath.get('/ok')).resolves.toMatchObject({ status: 200 })
})

it('leaves alone what is no HTTP, and rejects what is no URL', async () => {
  const { fetch } = make()
  await expect((await fetch('data:,hello')).text()).resolves.toBe('hello')
  await expect(fetch('no url')).rejects.toThrow('Invalid URL')
  expect(fetch.registry.size).toBe(0)
})

it('shares the breakers of a registry that is given', async () => {
  const registry = new BreakerRegistry({ breaker: tripAtOnce })
  const [one, other] = [make({ registry }), make({ registry })]
  await one.get('/reset').catch(() => {})
  await expect(other.get('/ok')).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
  expect(registry.snapshot()).toMatchObject({ entries: 1, open: 1 } satisfies Partial<BreakerRegistrySnapshot>)
})

describe('the classification', () => {
  it.each([
    ['/ok', 'closed'],
    ['/empty', 'closed'],
    ['/missing', 'closed'],
    ['/broken', 'open'],
    ['/busy', 'open'],
    ['/reset', 'open'],
    ['/hang', 'open'],
    ['/slow-headers', 'open'],
  ])('of %s leaves the circuit %s', async (path, state) => {
    const { get, read } = make()
    await get(path).catch(() => {})
    expect(read()?.state).toBe(state)
  })

  it('opens the circuit at once for as long as Retry-After says, in seconds', async () => {
    const { get, read } = make({ registry: {} })
    await expect(get('/busy')).resolves.toMatchObject({ status: 503 })
    expect(read()).toMatchObject({ state: 'open' })
    expect(read()?.retryAfterMs).toBeGreaterThan(6_000)
    expect(read()?.retryAfterMs).toBeLessThanOrEqual(7_000)
  })

  it('reads a date by the clock of the server', async () => {
    const { get, read } = make({ registry: {} })
    await get('/until')
    expect(read()?.retryAfterMs).toBeGreaterThan(89_000)
    expect(read()?.retryAfterMs).toBeLessThanOrEqual(90_000)
  })
})

describe('a server that hangs', () => {
  it.each(['/hang', '/slow-headers'])('at %s runs into the timeout, which aborts the request', async (path) => {
    const { get } = make()
    await expect(get(path)).rejects.toMatchObject({ name: 'TimeoutError', code: 'ERR_TIMEOUT', timeoutMs: 200 })
  })

  it('counts for nothing when the caller aborts before', async () => {
    const { get, read } = make({ timeoutMs: false })
    const controller = new AbortController()
    const call = get('/hang', { signal: controller.signal })
    controller.abort(new Error('user left'))
    await expect(call).rejects.toThrow('user left')
    expect(read()).toMatchObject({ state: 'closed', totals: { ignored: 1, failure: 0 } })
  })
})

it('lets the caller abort the body, long after the headers', async () => {
  const { get } = make()
  const controller = new AbortController()
  const response = await get('/endless', { signal: controller.signal })
  await delay(20)
  controller.abort(new Error('user left'))
  await expect(response.text()).rejects.toThrow('user left')
})

describe('half a body', () => {
  it('is the reader’s own business when the call ends with the headers', async () => {
    const { get, read } = make()
    const response = await get('/half')
    await expect(response.text()).rejects.toThrow('terminated')
    expect(read()).toMatchObject({ state: 'closed', totals: { success: 1 } })
  })

  it('is a failure when the call ends with the body', async () => {
    const { get, read } = make({ settleAt: 'body' })
    const response = await get('/half')
    expect([response.status, response.url]).toEqual([200, `${server.origin}/half`])
    await expect(response.text()).rejects.toThrow('terminated')
    expect(read()).toMatchObject({ state: 'open', totals: { failure: 1 } })
  })

  it('that is cancelled by its reader is none', async () => {
    const { get, read } = make({ settleAt: 'body' })
    const response = await get('/endless')
    await response.body?.cancel()
    await delay(0)
    expect(read()).toMatchObject({ state: 'closed', totals: { success: 1, failure: 0 } })
  })

  it('does not keep whole and empty ones from coming through', async () => {
    const { get, read } = make({ settleAt: 'body' })
    await expect((await get('/ok')).text()).resolves.toBe('hello')
    await expect((await get('/empty')).text()).resolves.toBe('')
    await expect((await get('/missing')).text()).resolves.toBe('no such thing')
    await expect(get('/reset')).rejects.toThrow('fetch failed')
    expect(read()?.totals).toMatchObject({ success: 3, failure: 1 })
  })
})

describe('retrying', () => {
  const quick: FetchOptions = { registry: {}, retry: { delay: { ms: 1 } } }

  it('makes a request again after a reset, a timeout and a 5xx that may pass', async () => {
    const { get, fetch } = make({ ...quick, retry: { attempts: 5, delay: { ms: 1 } } })
    server.next.push('/reset', '/hang', '/limited')
    const limited = createFetch({ ...quick, registry: fetch.registry, retry: false })
    await expect((await get('/ok')).text()).resolves.toBe('hello')
    expect(server.seen).toHaveLength(4)
    expect(fetch.retry?.snapshot().totals).toMatchObject({ retries: 3, recovered: 1 })
    expect(limited.retry).toBeUndefined()
  })

  it('gives the last response when the attempts are used up', async () => {
    const { get } = make({ ...quick, retry: { shouldRetry: () => true, delay: { ms: 1 } } })
    await expect((await get('/broken')).text()).resolves.toBe('broken')
    expect(server.seen).toHaveLength(3)
  })

  it('does not repeat what may have been done, nor a body that is gone', async () => {
    const { get } = make(quick)
    await expect(get('/reset', { method: 'POST', body: 'once' })).rejects.toThrow('fetch failed')
    const body = new Blob(['streamed']).stream()
    const streamed = { method: 'PUT', body, duplex: 'half' } as RequestInit
    await expect(get('/reset', streamed)).rejects.toThrow('fetch failed')
    expect(server.seen).toEqual(['/reset', '/reset'])
  })

  it('does not wait for a circuit that is open', async () => {
    const { get, fetch } = make({ retry: { delay: { ms: 10_000 } } })
    fetch.registry.get(server.origin).tryAcquire()?.failure()
    await expect(get('/ok')).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
    expect(server.seen).toEqual([])
  })
})

it('cancels the body of a request that it refuses', async () => {
  const { get, fetch } = make()
  fetch.registry.get(server.origin).tryAcquire()?.failure()
  let cancelled: unknown
  const body = new ReadableStream({ cancel: (reason) => void (cancelled = reason) })
  const refused = get('/ok', { method: 'PUT', body, duplex: 'half' })
  await expect(refused).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
  expect(cancelled).toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
})

it('leaves no listener on a signal that many requests share', async () => {
  const { fetch } = make({ fetch: async () => new Response('ok') })
  const { signal } = new AbortController()
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--
    remove(...args)
  }
  for (let call = 0; call < 1_000; call++) await fetch(server.origin, { signal })
  expect(listeners).toBe(0)
})

it.each<[FetchOptions, string]>([
  [{ timeoutMs: 0 }, 'ms must be a finite number in (0, '],
  [{ settleAt: 'never' as never }, 'settleAt must be "headers" or "body", got "never"'],
  [{ retry: { attempts: 0 } }, 'attempts must be an integer in [1, ∞), got 0'],
  [{ registry: { maxEntries: 0 } }, 'maxEntries must be an integer in [1, ∞), got 0'],
  [{ keyOf: 1 as never }, 'keyOf must be a function, got 1'],
])('refuses %j', (options, message) => {
  expect(() => createFetch(options)).toThrow(message)
})
