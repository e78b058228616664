import { AlertEmitter } from '@tps/andon'
import { PagerDutyChannel, SlackChannel, WebhookChannel } from '@tps/andon/channels'
import { CircuitBreaker } from '@tps/jidoka'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PagerDutyRules, slackRules } from './andon-receiver-rules.ts'
import { Receiver } from './andon-receiver.ts'

// Slack and PagerDuty as servers on this machine that enforce what the real ones document.

const ROUTING_KEY = 'R0123456789abcdefR0123456789abcd'
const NASTY = '<!channel> & <@U1> "ä" 😀 *bold* '
const TROUBLE = [{ status: 500 }, 'close', 'hang', { status: 429, headers: { 'retry-after': '0.2' } }] as const

const rules = [
  { name: 'Hot', severity: 'red', summary: NASTY.repeat(200), threshold: { above: 1 } },
  { name: 'Warm', severity: 'yellow', description: NASTY.repeat(1000), threshold: { above: 1 } },
] as const

let slack: Receiver
let duty: Receiver
let incidents: PagerDutyRules

beforeEach(async () => {
  incidents = new PagerDutyRules()
  slack = await Receiver.start(slackRules())
  duty = await Receiver.start(incidents.answer)
})

afterEach(async () => {
  await slack.stop()
  await duty.stop()
})

const slackUrl = (): string => `${slack.url}/services/T00000000/B00000000/token`
const textsOf = ({ got }: Receiver): string[] => got.map(({ body }) => (JSON.parse(body) as { text: string }).text)

describe('Slack', () => {
  it('takes what it is sent, about one a second', async () => {
    const channel = new SlackChannel({ url: slackUrl() })
    const emitter = new AlertEmitter({ rules, channels: [channel] })
    emitter.observe('Warm', 5)
    emitter.observe('Hot', 5)
    await emitter.flush()
    emitter.observe('Hot', 0)
    await emitter.flush()
    expect(channel.snapshot()).toMatchObject({ delivered: 3, failed: 0 })
    const told = textsOf(slack).map((text) => text.slice(0, 9))
    expect([...new Set(told)]).toEqual(['🟡 Warm f', '🔴 Hot fi', '🟢 Hot re'])
    emitter.close()
  })

  it('takes a storm as a digest, and the resolves of all', async () => {
    const channel = new SlackChannel({ url: slackUrl(), digest: { windowMs: 0 } })
    const emitter = new AlertEmitter({ rules, channels: [channel] })
    for (const value of [5, 0]) {
      for (let host = 0; host < 400; host++) emitter.observe({ rule: 'Hot', labels: { host: `<${host}>` } }, value)
      await emitter.flush()
    }
    expect(channel.snapshot()).toMatchObject({ delivered: 800, digests: 2, failed: 0 })
    expect(slack.got.length).toBeLessThan(10)
    expect(textsOf(slack).at(-1)).toMatch(/(399|400) resolved/)
    emitter.close()
  })

  it('gets it in spite of an error, a broken connection, silence and a full minute', async () => {
    slack.replies.push(...TROUBLE)
    const channel = new SlackChannel({ url: slackUrl(), timeoutMs: 300, backoffMs: 10 })
    const emitter = new AlertEmitter({ rules, channels: [channel] })
    emitter.observe('Hot', 5)
    await emitter.flush()
    expect(channel.snapshot()).toMatchObject({ delivered: 1, retries: 4, timeouts: 1 })
    expect(slack.got).toHaveLength(5)
    emitter.close()
  })

  it('that refuses the token is not asked again, and the error does not tell it', async () => {
    const channel = new SlackChannel({ url: `${slack.url}/services/T00000000/B00000000/otherToken` })
    const { isDelivered, steps } = await channel.test()
    expect(isDelivered).toBe(false)
    expect(steps).toMatchObject([{ error: { message: 'channel "slack" did not deliver: status 403: invalid_token' } }])
    expect(slack.got).toHaveLength(1)
  })

  it('takes the sample of test()', async () => {
    const channel = new SlackChannel({ url: slackUrl() })
    expect(await channel.test()).toMatchObject({ isDelivered: true, steps: [{ error: null }, { error: null }] })
    expect(slack.got).toHaveLength(2)
  })
})

const makeDuty = (): PagerDutyChannel =>
  new PagerDutyChannel({
    url: `${duty.url}/v2/enqueue`,
    routingKey: ROUTING_KEY,
    timeoutMs: 300,
    backoffMs: 10,
    circuit: { breakMs: 50 },
    rate: { count: 100, perMs: 100 },
  })

describe('PagerDuty', () => {
  it('opens and closes an incident for each alert, also in a storm', async () => {
    const channel = makeDuty()
    const emitter = new AlertEmitter({ rules, channels: [channel] })
    for (const value of [5, 0])
      for (let host = 0; host < 100; host++) {
        const labels = { host: `${host}${NASTY}`, long: 'ä'.repeat(250) }
        emitter.observe({ rule: 'Hot', labels }, value)
      }
    await emitter.flush()
    expect(channel.snapshot()).toMatchObject({ delivered: 200, failed: 0, digests: 0 })
    expect(incidents.incidents.size).toBe(100)
    expect([...incidents.incidents.values()].every((state) => state === 'resolved')).toBe(true)
    emitter.close()
  })

  it('gets the trigger, an acknowledgement and the resolve in spite of trouble with each', async () => {
    const channel = makeDuty()
    const emitter = new AlertEmitter({ rules, channels: [channel] })
    duty.replies.push(...TROUBLE)
    emitter.observe('Hot', 5)
    await emitter.flush()
    expect(incidents.incidents.get('Hot{}')).toBe('triggered')
    duty.replies.push({ status: 503 })
    for (const alert of emitter.alerts()) await channel.acknowledge(alert)
    expect(incidents.incidents.get('Hot{}')).toBe('acknowledged')
    duty.replies.push(...TROUBLE, ...TROUBLE)
    emitter.observe('Hot', 0)
    await emitter.flush()
    expect(incidents.incidents.get('Hot{}')).toBe('resolved')
    expect(incidents.log).toEqual(['trigger Hot{}', 'acknowledge Hot{}', 'resolve Hot{}'])
    emitter.close()
  })

  it('that calls an event invalid is not asked again', async () => {
    const channel = makeDuty()
    duty.replies.push({ status: 400, body: '{"status":"invalid event"}' })
    expect(await channel.test()).toMatchObject({ isDelivered: false })
    const emitter = new AlertEmitter({ rules, channels: [channel] })
    const failures: unknown[] = []
    emitter.on('deliveryFailed', ({ error }) => failures.push(error))
    duty.replies.push({ status: 400, body: '{"status":"invalid event"}' })
    emitter.observe('Hot', 5)
    await emitter.flush()
    expect(failures).toMatchObject([{ status: 400, retryable: false }])
    expect(duty.got).toHaveLength(2)
    emitter.close()
  })

  it('takes the sample of test() and closes it', async () => {
    expect(await makeDuty().test()).toMatchObject({ isDelivered: true })
    expect(incidents.incidents).toEqual(new Map([['AndonTest{channel="pagerduty"}', 'resolved']]))
  })
})

it('a channel whose receiver hangs, breaks or refuses never delays another', async () => {
  const silent = await Receiver.start(() => 'hang')
  const broken = await Receiver.start(() => 'close')
  const key = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const failing = [
    new WebhookChannel({ name: 'silent', url: silent.url, key, timeoutMs: 60_000, concurrency: 1 }),
    new WebhookChannel({ name: 'broken', url: broken.url, key, attempts: Infinity }),
  ]
  const good = await Receiver.start()
  const channels = [...failing, new WebhookChannel({ name: 'good', url: good.url, key, attempts: 1 })]
  const emitter = new AlertEmitter({ rules, channels })
  emitter.on('deliveryFailed', () => {})
  for (let host = 0; host < 50; host++) emitter.observe({ rule: 'Hot', labels: { host: `${host}` } }, 5)
  // The silent one has its first send under way, until a minute has passed.
  await expect.poll(() => good.got.length, { timeout: 20_000 }).toBe(50)
  expect(channels.map((channel) => channel.snapshot().delivered)).toEqual([0, 0, 50])
  expect(channels[0]?.snapshot()).toMatchObject({ running: 1, waiting: 49, timeouts: 0 })
  emitter.close()
  await Promise.all([silent, broken, good].map(async (receiver) => receiver.stop()))
})

it("jidoka's breaker guards a channel as it is", async () => {
  const breaker = new CircuitBreaker({
    name: 'receiver',
    trip: { consecutiveFailures: 2 },
    break: { ms: 200, jitterRatio: 0 },
    probe: { calls: 1 },
  })
  const told: string[] = []
  breaker.on('open', () => told.push('open'))
  breaker.on('close', () => told.push('close'))
  const channel = new SlackChannel({ url: slackUrl(), circuit: breaker, rate: false, backoffMs: 1, timeoutMs: 300 })
  slack.replies.push({ status: 500 }, 'close', { status: 503 })
  const emitter = new AlertEmitter({ rules, channels: [channel] })
  emitter.observe('Hot', 5)
  await emitter.flush()
  expect(told).toEqual(['open', 'open', 'close'])
  expect(channel.snapshot()).toMatchObject({ circuit: 'closed', delivered: 1, retries: 3 })
  emitter.close()
})
