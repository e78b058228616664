import { AlertEmitter } from '@tps/andon'
import { AlertmanagerChannel } from '@tps/andon/channels'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunningAlertmanager, needAlertmanager } from './alertmanager.ts'
import { Receiver } from './andon-receiver.ts'

// A real Alertmanager gets alerts, keeps them as long as they fire, ends them when they resolve, and tells its own
// receiver both.

const PATIENCE = { timeout: 30_000, interval: 100 }
const REPOST_MS = 500

let receiver: Receiver
let alertmanager: RunningAlertmanager

beforeAll(async () => {
  await needAlertmanager()
  receiver = await Receiver.start()
  alertmanager = await RunningAlertmanager.start({
    route: {
      receiver: 'hook',
      group_by: ['alertname', 'host'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '1h',
    },
    receivers: [{ name: 'hook', webhook_configs: [{ url: receiver.url, send_resolved: true }] }],
  })
}, 700_000)

afterAll(async () => {
  await alertmanager?.stop()
  await receiver?.stop()
})

function setUp(rule: string) {
  const channel = new AlertmanagerChannel({ url: alertmanager.url, repostMs: REPOST_MS, labels: { from: 'test' } })
  const rules = [{ name: rule, severity: 'red', summary: 'Too hot: <ä> 😀', threshold: { above: 1 } } as const]
  const emitter = new AlertEmitter({ rules, channels: [channel] })
  const shown = async () => (await alertmanager.alerts()).filter(({ labels }) => labels['alertname'] === rule)
  const told = (): string[] =>
    receiver.got
      .flatMap(
        ({ body }) => (JSON.parse(body) as { alerts: { status: string; labels: Record<string, string> }[] }).alerts,
      )
      .filter(({ labels }) => labels['alertname'] === rule)
      .map(({ status, labels }) => `${labels['host'] ?? ''} ${status}`.trim())
  return { channel, emitter, shown, told }
}

it('gets an alert, keeps it over many reposts, and resolves it', async () => {
  const { channel, emitter, shown, told } = setUp('Hot')
  emitter.observe({ rule: 'Hot', labels: { host: 'a' } }, 5)
  await emitter.flush()
  const [first] = await shown()
  expect(first).toMatchObject({
    labels: { alertname: 'Hot', severity: 'critical', host: 'a', from: 'test' },
    annotations: { summary: 'Too hot: <ä> 😀', value: '5', condition: 'above 1' },
  })

  // Twice as long as it would live without a repost.
  const reposts = (8 * REPOST_MS) / REPOST_MS
  await expect.poll(() => channel.snapshot().reposts, PATIENCE).toBeGreaterThanOrEqual(reposts)
  const [kept] = await shown()
  expect(kept?.startsAt).toBe(first?.startsAt)
  expect(Date.parse(kept?.updatedAt ?? '')).toBeGreaterThan(Date.parse(first?.updatedAt ?? '') + 4 * REPOST_MS)
  expect(channel.snapshot()).toMatchObject({ firing: 1, failedReposts: 0, circuit: 'closed' })

  emitter.observe({ rule: 'Hot', labels: { host: 'a' } }, 0)
  await emitter.flush()
  await expect.poll(shown, PATIENCE).toEqual([])
  await expect.poll(told, PATIENCE).toEqual(['a firing', 'a resolved'])
  channel.stop()
  emitter.close()
})

it('ends by itself at the Alertmanager when nobody posts it again', async () => {
  const { channel, emitter, shown } = setUp('Left')
  emitter.observe('Left', 5)
  await emitter.flush()
  expect(await shown()).toHaveLength(1)
  channel.stop()
  await expect.poll(shown, PATIENCE).toEqual([])
  emitter.close()
})

it('is kept by the process that comes after the one that told it', async () => {
  const before = setUp('Handed')
  before.emitter.observe('Handed', 5)
  await before.emitter.flush()
  before.channel.stop()
  const after = setUp('Handed')
  after.channel.resume(before.emitter.alerts())
  await expect.poll(() => after.channel.snapshot().reposts, PATIENCE).toBeGreaterThanOrEqual(8)
  expect(await after.shown()).toHaveLength(1)
  after.channel.stop()
  before.emitter.close()
  after.emitter.close()
})

it('takes hundreds of alerts, and each of them ends', async () => {
  const { channel, emitter, shown } = setUp('Many')
  const hosts = Array.from({ length: 300 }, (_, index) => `${index}`)
  for (const host of hosts) emitter.observe({ rule: 'Many', labels: { host } }, 5)
  await emitter.flush()
  expect(await shown()).toHaveLength(300)
  await expect.poll(() => channel.snapshot().reposts, PATIENCE).toBeGreaterThanOrEqual(2)
  for (const host of hosts) emitter.observe({ rule: 'Many', labels: { host } }, 0)
  await emitter.flush()
  await expect.poll(shown, PATIENCE).toEqual([])
  expect(channel.snapshot()).toMatchObject({ delivered: 600, failed: 0, dropped: 0 })
  channel.stop()
  emitter.close()
})

describe('test()', () => {
  it('says that it works, and leaves nothing behind', async () => {
    const { channel } = setUp('Unused')
    expect(await channel.test()).toMatchObject({ isDelivered: true, steps: [{ error: null }, { error: null }] })
    const left = (await alertmanager.alerts()).filter(({ labels }) => labels['alertname'] === 'AndonTest')
    expect(left).toEqual([])
  })

  it('says that nobody is there', async () => {
    const channel = new AlertmanagerChannel({ url: 'http://127.0.0.1:1' })
    const { isDelivered, steps } = await channel.test()
    expect(isDelivered).toBe(false)
    expect(steps[0]?.error).toMatchObject({ code: 'ERR_CHANNEL_DELIVERY' })
  })
})
