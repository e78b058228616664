import { describe, expect, it } from 'vitest'
import { type ChannelResponse, platformFetch, post } from './channel-http.ts'
import { postOffice } from './channel-options.ts'
import { type FakeAnswer, START_MS, calm, failureOf, fakeFetch } from './channel-test-kit.ts'

const URL_WITH_SECRET = 'https://example.org/hook/abcdefgh'

function setUp(...answers: FakeAnswer[]) {
  const { fetch, posted } = fakeFetch(answers)
  const office = postOffice('ops', URL_WITH_SECRET, { fetch, wallNow: () => START_MS })
  const send = async (signal = calm().signal): Promise<void> => post(office, '{}', { a: 'b' }, signal)
  return { posted, send }
}

it('posts JSON and follows no redirect', async () => {
  const { posted, send } = setUp()
  await send()
  expect(posted).toEqual([
    {
      url: URL_WITH_SECRET,
      headers: { 'content-type': 'application/json', a: 'b' },
      body: '{}',
      redirect: 'manual',
      signal: expect.any(AbortSignal),
    },
  ])
})

describe('an answer', () => {
  it.each([200, 202, 204])('of %i is a delivery', async (status) => {
    await expect(setUp(status).send()).resolves.toBeUndefined()
  })

  it.each([
    [302, false, false],
    [400, false, false],
    [404, false, false],
    [408, true, false],
    [410, false, false],
    [425, true, false],
    [429, true, false],
    [500, true, true],
    [503, true, true],
  ])('of %i: another try %s, may have arrived %s', async (status, retryable, mayHaveArrived) => {
    const error = await failureOf(setUp(status).send())
    expect(error).toMatchObject({ code: 'ERR_CHANNEL_DELIVERY', channel: 'ops', status, retryable, mayHaveArrived })
  })

  it('tells what it says, on one line and without the secret', async () => {
    const error = await failureOf(setUp({ status: 400, text: 'bad\nhook abcdefgh' }).send())
    expect(error).toMatchObject({ message: 'channel "ops" did not deliver: status 400: bad [redacted] [redacted]' })
  })

  it('tells how long to wait', async () => {
    const error = await failureOf(setUp({ status: 429, headers: { 'retry-after': '7' } }).send())
    expect(error).toMatchObject({ retryAfterMs: 7000 })
  })

  it('without end is read up to a bound', async () => {
    let reads = 0
    let isCancelled = false
    const endless: ChannelResponse = {
      status: 500,
      headers: new Headers(),
      body: {
        getReader: () => ({
          read: async () => ({ done: false, value: new Uint8Array(1000).fill(65 + (reads++ % 26)) }),
          cancel: async () => void (isCancelled = true),
        }),
      },
    }
    const office = postOffice('ops', URL_WITH_SECRET, { fetch: async () => endless })
    const error = (await failureOf(post(office, '{}', {}, calm().signal))) as Error
    expect(error.message.length).toBeLessThan(300)
    expect(reads).toBe(9)
    expect(isCancelled).toBe(true)
  })
})

const withCause = (code: unknown): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(), { code }) })

describe('no answer', () => {
  it.each([
    ['ECONNREFUSED', false],
    ['ENOTFOUND', false],
    ['ECONNRESET', true],
    ['UND_ERR_SOCKET', true],
  ])('because of %s is worth another try; may have arrived: %s', async (code, mayHaveArrived) => {
    const error = await failureOf(setUp(withCause(code)).send())
    expect(error).toMatchObject({ status: null, retryable: true, mayHaveArrived })
    expect(error).toMatchObject({ message: `channel "ops" did not deliver: the connection failed (${code})` })
  })

  it.each([[`see ${URL_WITH_SECRET}`], [5], [undefined]])('shows nothing of a strange code: %s', async (code) => {
    const error = await failureOf(setUp(withCause(code)).send())
    expect(error).toMatchObject({ message: 'channel "ops" did not deliver: the connection failed' })
  })

  it('because it was aborted tells the reason', async () => {
    const controller = new AbortController()
    const sending = failureOf(setUp('hang').send(controller.signal))
    controller.abort(new Error('too late'))
    expect(await sending).toEqual(new Error('too late'))
  })
})

it('refuses a fetch that is none, and a wrong URL', () => {
  expect(() => postOffice('ops', URL_WITH_SECRET, { fetch: 'x' as never })).toThrow('fetch must be a function')
  expect(() => postOffice('ops', 'nowhere', {})).toThrow('url must be an absolute URL')
})

it('uses the fetch of the platform at the moment of the call', async () => {
  const before = globalThis.fetch
  globalThis.fetch = async () => new Response('mine')
  const init = { method: 'POST', headers: {}, body: '', redirect: 'manual', signal: calm().signal } as const
  const response = await platformFetch(URL_WITH_SECRET, init).finally(() => (globalThis.fetch = before))
  expect(response.status).toBe(200)
})
