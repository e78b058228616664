import { settle } from '@tps/internal/manual-clock'
import { afterEach, expect, it, vi } from 'vitest'
import { type FakeAnswer, calm, fakeFetch, notificationOf } from './channel-test-kit.ts'
import { SlackChannel, type SlackChannelOptions } from './slack-channel.ts'

const URL = 'https://hooks.slack.com/services/T00000000/B11111111/abcdefghijklmnopqrstuvwx'

afterEach(() => void vi.useRealTimers())

/** A channel on vitest's clock: p-queue reads the platform's. */
function setUp(answers: FakeAnswer[] = [], options: Partial<SlackChannelOptions> = {}) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] })
  const { fetch, posted } = fakeFetch(answers)
  const clock = { now: () => Date.now() }
  const channel = new SlackChannel({ url: URL, fetch, clock, random: () => 0.999, ...options })
  const texts = (): string[] => posted.map(({ body }) => (JSON.parse(body) as { text: string }).text)
  const send = (count: number, from = 0): void => {
    for (let index = from; index < from + count; index++)
      void channel.send(notificationOf('firing', { rule: `R${index}` }), calm()).catch(() => {})
  }
  return { channel, posted, texts, send }
}

async function advance(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
  await settle()
}

it('posts a message', async () => {
  const { channel, posted, texts } = setUp()
  await channel.send(notificationOf('firing'), calm())
  expect(posted[0]?.url).toBe(URL)
  expect(texts()).toEqual(['🔴 HighLatency firing: p99 is too high (value 250)'])
})

it('posts one message a second', async () => {
  const { texts, send } = setUp()
  send(3)
  await advance(0)
  expect(texts()).toHaveLength(1)
  await advance(999)
  expect(texts()).toHaveLength(1)
  await advance(1)
  expect(texts()).toHaveLength(2)
  await advance(1000)
  expect(texts()).toHaveLength(3)
})

it('folds a storm into a digest', async () => {
  const { channel, texts, send } = setUp()
  send(500)
  await advance(2000)
  expect(texts()).toEqual([expect.stringContaining('R0 firing'), expect.stringContaining('499 notifications in one')])
  expect(channel.snapshot()).toMatchObject({ delivered: 500, digests: 1, digested: 499 })
})

it('tells them one by one without a digest', async () => {
  const { texts, send } = setUp([], { digest: false, rate: false, concurrency: 4 })
  send(20)
  await advance(0)
  expect(texts()).toHaveLength(20)
})

it('sends nothing at all for as long as Slack asks, then tries again', async () => {
  const { channel, texts, send } = setUp([{ status: 429, headers: { 'retry-after': '30' } }])
  send(1)
  await advance(0)
  send(1, 1)
  await advance(29_000)
  expect(texts()).toHaveLength(1)
  expect(channel.snapshot()).toMatchObject({ waiting: 1, pausing: 1, heldMs: 1000 })
  await advance(2000)
  expect(texts().map((text) => text.slice(3, 5))).toEqual(['R0', 'R1', 'R0'])
})

it.each([400, 403, 404, 410])('gives up at %i', async (status) => {
  const { channel, send } = setUp([{ status, text: 'no_service' }])
  const errors: unknown[] = []
  channel.on('failed', ({ error }) => errors.push(error))
  send(1)
  await advance(0)
  expect(errors).toMatchObject([{ status, message: `channel "slack" did not deliver: status ${status}: no_service` }])
})

it.each<[Partial<Record<keyof SlackChannelOptions, unknown>>, string]>([
  [{ url: 'hooks.slack.com/services/secret' }, 'url must be an absolute URL'],
  [{ url: undefined }, 'url must be a string'],
  [{ digest: { above: 0 } }, 'digest.above must be'],
  [{ rate: { count: 0, perMs: 1 } }, 'rate.count must be'],
  [{ fetch: null }, 'fetch must be a function'],
])('checks its options without showing them: %o', (options, message) => {
  expect(() => setUp([], options as never)).toThrow(message)
  expect(() => setUp([], options as never)).not.toThrow(/secret/)
})
