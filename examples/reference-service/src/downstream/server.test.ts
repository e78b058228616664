import { CircuitBreaker } from '@tps/jidoka'
import { afterEach, describe, expect, it } from 'vitest'
import { readConfig } from '../config.ts'
import { SettingsStore, initialSettings } from '../settings.ts'
import { tracingOf } from '../tracing/tracing-fixtures.ts'
import { chainOf } from './chain.ts'
import { DownstreamClient } from './client.ts'
import { DownstreamEntry } from './entry.ts'
import { DownstreamServer } from './server.ts'

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function started(random?: () => number) {
  const config = readConfig({ DOWNSTREAM_TIMEOUT_MS: '400', CIRCUIT_BREAKER_THRESHOLD: '2' })
  const settings = new SettingsStore(initialSettings(config))
  const server = new DownstreamServer(config, settings, {
    tracing: tracingOf({ TRACING: 'off' }),
    ...(random && { random }),
  })
  const url = await server.listen(0)
  const breaker = new CircuitBreaker({ name: 'downstream' })
  const entry = new DownstreamEntry({ url, timeoutMs: 400 }, settings, breaker, true)
  closing.push(
    () => entry.close(),
    async () => await server.close(),
  )
  return { settings, server, url, entry, breaker }
}

describe('the simulated downstreams', () => {
  it('work, and are well, at the root and each under its name', async () => {
    const { url } = await started()
    for (const path of ['', '/a', '/b', '/c']) {
      const client = new DownstreamClient({ url: url + path, timeoutMs: 400 })
      expect(await client.work()).toEqual({ done: true })
      expect(await client.health()).toEqual({ status: 'healthy' })
      client.close()
    }
  })

  it('fail as they are told', async () => {
    const { settings, entry } = await started(() => 0.5)
    settings.change({ downstream_error_ratio: 0.6 })
    await expect(entry.work()).rejects.toMatchObject({ code: 'ERR_DOWNSTREAM', status: 500 })
    settings.change({ downstream_error_ratio: 0.4 })
    await expect(entry.work()).resolves.toEqual({ done: true })
    settings.change({ downstream_enabled: false })
    await expect(entry.work()).rejects.toMatchObject({ status: 503 })
    await expect(entry.health()).rejects.toMatchObject({ status: 503 })
  })

  it('are given up when they take too long, and at once when the caller is', async () => {
    const { settings, entry } = await started()
    settings.change({ downstream_latency_ms: 60_000 })
    await expect(entry.work()).rejects.toMatchObject({ code: 'ERR_DOWNSTREAM_TIMEOUT', timeoutMs: 400 })
    const caller = new AbortController()
    const working = entry.work(caller.signal)
    caller.abort(new Error('gone'))
    await expect(working).rejects.toThrow('gone')
    await expect(entry.work(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  })

  it('say what they did without in the chain, and stop trying: the circuit in front of the broken one opens', async () => {
    const { settings, server, entry, breaker } = await started()
    settings.change({ downstream_chain: true })
    expect(await entry.work()).toEqual({ done: true })
    settings.change({ downstream_enabled: false })
    for (let call = 0; call < 3; call++) expect(await entry.work()).toEqual({ done: true, without: ['a'] })
    const states = () =>
      chainOf(breaker.snapshot(), server.chain(), settings.current).map(({ name, state }) => `${name} ${state}`)
    expect(states()).toEqual(['downstream a open', 'downstream b closed', 'downstream c closed'])
    settings.change({ downstream_chain: false })
    expect(states()).toEqual(['downstream a closed', 'downstream b closed', 'downstream c closed'])
  })

  it('meet a circuit that begins anew when another one of them is called', async () => {
    const { settings, breaker } = await started()
    breaker.tryAcquire()?.failure(new Error('a is down'))
    expect(breaker.snapshot().consecutiveFailures).toBe(1)
    settings.change({ downstream_chain: true })
    expect(breaker.snapshot().consecutiveFailures).toBe(0)
  })
})

it('tells an answer that is no JSON from a good one', async () => {
  const { createServer } = await import('node:http')
  const server = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1')
  await new Promise((resolve) => void server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const client = new DownstreamClient({ url: `http://127.0.0.1:${port}`, timeoutMs: 400 })
  closing.push(
    () => client.close(),
    () => void server.close(),
  )
  await expect(client.work()).rejects.toMatchObject({
    code: 'ERR_DOWNSTREAM',
    message: expect.stringContaining('no JSON'),
  })
})
