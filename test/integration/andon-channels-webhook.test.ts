import { AlertEmitter } from '@tps/andon'
import { WebhookChannel, type WebhookPayload } from '@tps/andon/channels'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Received, Receiver } from './andon-receiver.ts'

// The signature is checked with another implementation of Standard Webhooks, over real HTTP.

const KEY = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
const OTHER_KEY = `whsec_${Buffer.from('fedcba9876543210fedcba9876543210').toString('base64')}`

let receiver: Receiver

beforeAll(async () => {
  receiver = await Receiver.start()
})

afterAll(() => receiver.stop())

function verify({ body, headers }: Received, key: string = KEY): WebhookPayload {
  return new Webhook(key).verify(body, headers as Record<string, string>) as WebhookPayload
}

async function tell(key: string | readonly string[]): Promise<readonly Received[]> {
  const channel = new WebhookChannel({ url: `${receiver.url}/hook`, key, backoffMs: 10, timeoutMs: 500 })
  const rules = [{ name: 'Hot', severity: 'red', summary: 'Zu heiß 😀', threshold: { above: 1 } } as const]
  const emitter = new AlertEmitter({ rules, channels: [channel] })
  const from = receiver.got.length
  emitter.observe({ rule: 'Hot', labels: { host: 'ä"1' } }, 5)
  emitter.observe({ rule: 'Hot', labels: { host: 'ä"1' } }, 0)
  await emitter.flush()
  emitter.close()
  return receiver.got.slice(from)
}

describe('a signed webhook', () => {
  it('verifies', async () => {
    const [firing, resolved] = await tell(KEY)
    expect(verify(firing as Received)).toMatchObject({
      type: 'alert.firing',
      data: { kind: 'firing', alert: { rule: 'Hot', labels: { host: 'ä"1' }, summary: 'Zu heiß 😀' } },
    })
    expect(verify(resolved as Received)).toMatchObject({ type: 'alert.resolved', data: { kind: 'resolved' } })
  })

  it('verifies with the old and the new key while one takes the place of the other', async () => {
    const [firing] = await tell([OTHER_KEY, KEY])
    expect(verify(firing as Received, KEY).type).toBe('alert.firing')
    expect(verify(firing as Received, OTHER_KEY).type).toBe('alert.firing')
  })

  it('verifies at each try, under one id, whatever went wrong before', async () => {
    receiver.replies.push({ status: 500 }, 'close', 'hang', { status: 429, headers: { 'retry-after': '0.05' } })
    const requests = await tell(KEY)
    const tries = requests.slice(0, -1)
    expect(requests).toHaveLength(6)
    expect(tries.map((request) => verify(request).type)).toEqual(Array.from({ length: 5 }, () => 'alert.firing'))
    expect(new Set(tries.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(requests.at(-1)?.headers['webhook-id']).not.toBe(tries[0]?.headers['webhook-id'])
  })

  it('does not verify when a letter of it was changed, or with another key', async () => {
    const [firing] = await tell(KEY)
    const { body, headers } = firing as Received
    const changed = { body: body.replace('Hot', 'hot'), headers } as Received
    expect(() => verify(changed)).toThrow(WebhookVerificationError)
    expect(() => verify(firing as Received, OTHER_KEY)).toThrow(WebhookVerificationError)
  })
})
