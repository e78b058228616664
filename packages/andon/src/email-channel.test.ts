import { describe, expect, it } from 'vitest'
import { alertWith, calm, failureOf, groupOf, notificationOf } from './channel-test-kit.ts'
import { EmailChannel, type EmailChannelOptions } from './email-channel.ts'
import type { EmailMessage, EmailReceipt } from './email-transport.ts'

type Answer = EmailReceipt | Error | 'hang'

function setUp(answers: Answer[] = [], options: Partial<EmailChannelOptions> = {}) {
  const sent: EmailMessage[] = []
  const transport = {
    async sendMail(message: EmailMessage): Promise<EmailReceipt> {
      sent.push(message)
      const answer = answers.shift() ?? {}
      if (answer === 'hang')
        return new Promise((_, reject) => message.signal.addEventListener('abort', () => reject(message.signal.reason)))
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  const channel = new EmailChannel({
    transport,
    from: 'Ops <ops@example.org>',
    to: ['ann@example.org', 'bob@example.org'],
    rate: false,
    backoffMs: 0,
    attempts: 3,
    ...options,
  })
  return { channel, sent }
}

const failure = (fields: object): Error => Object.assign(new Error('user=secret'), fields)

describe('a message', () => {
  it('says what has happened, first in its subject', async () => {
    const { channel, sent } = setUp()
    await channel.send(notificationOf('firing', { labels: { shard: 'a' }, description: 'Do this' }), calm())
    expect(sent[0]).toMatchObject({
      from: 'Ops <ops@example.org>',
      to: ['ann@example.org', 'bob@example.org'],
      subject: '[red] HighLatency firing: p99 is too high (value 250)',
      priority: 'high',
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    })
    expect(sent[0]?.text).toBe(`[red] HighLatency firing: p99 is too high (value 250)

Do this

Severity: red
Reading:  value 250, above 200
Since:    2026-03-01T12:00:00.000Z
Labels:   shard="a"
Alert:    HighLatency{shard="a"}
`)
  })

  it('says until when it lasted', async () => {
    const { channel, sent } = setUp()
    await channel.send(notificationOf('resolved'), calm())
    expect(sent[0]).toMatchObject({ subject: expect.stringMatching(/^\[resolved\]/), priority: 'normal' })
    expect(sent[0]?.text).toContain('Until:    2026-03-01T12:01:00.000Z')
  })

  it('has an id of its own, the same for each try, and belongs to the thread of its alert', async () => {
    const { channel, sent } = setUp([failure({ code: 'ESOCKET' })])
    await channel.send(notificationOf('firing'), calm())
    await channel.send(notificationOf('resolved'), calm())
    await channel.send(notificationOf('firing', { rule: 'Other' }), calm())
    const [first, again, resolved, other] = sent
    expect(first?.messageId).toMatch(/^<andon\.[0-9a-f]{32}@example\.org>$/)
    expect(again?.messageId).toBe(first?.messageId)
    expect(resolved?.messageId).not.toBe(first?.messageId)
    expect(resolved?.references).toBe(first?.references)
    expect(other?.references).not.toBe(first?.references)
  })

  it('has one line of subject, however the alert is called', async () => {
    const { channel, sent } = setUp()
    await channel.send(notificationOf('firing', { summary: `x\r\nBcc: all@example.org${'y'.repeat(500)}` }), calm())
    expect(sent[0]?.subject).not.toMatch(/[\r\n]/)
    expect(sent[0]?.subject).toHaveLength(200)
  })

  it('names the first fifty of a group', async () => {
    const { channel, sent } = setUp()
    const alerts = Array.from({ length: 52 }, (_, index) => alertWith({ rule: `R${index}` }))
    await channel.send(groupOf('firing', alerts), calm())
    expect(sent[0]?.subject).toContain('52 alerts firing')
    expect(sent[0]?.text.split('\n')).toHaveLength(54)
    expect(sent[0]?.text).toContain('R49: p99 is too high (value 250)\nand 2 more\n')
  })
})

it('folds a storm into a digest', async () => {
  const { channel, sent } = setUp([], { concurrency: 1 })
  const rules = Array.from({ length: 30 }, (_, index) => `R${index}`)
  await Promise.all(rules.map(async (rule) => channel.send(notificationOf('firing', { rule }), calm())))
  expect(sent.map(({ subject }) => subject)).toEqual([
    '[red] R0 firing: p99 is too high (value 250)',
    '[red] 29 notifications in one: 29 firing, 0 resolved',
  ])
  expect(sent[1]?.text).toContain('R1 (red): 1 firing, 0 resolved\n')
  expect(sent[1]?.priority).toBe('high')
})

describe('a refusal', () => {
  it.each([
    [{ code: 'EENVELOPE', responseCode: 451, response: '451 later' }, true, false, 451],
    [{ code: 'EENVELOPE', responseCode: 550, response: '550 nobody' }, false, false, 550],
    [{ code: 'EAUTH', responseCode: 535, response: '535 wrong' }, false, false, 535],
    [{ code: 'EAUTH', responseCode: 454, response: '454 later' }, true, false, 454],
    [{ code: 'EENVELOPE' }, false, false, null],
    [{ code: 'EDNS', command: 'CONN' }, true, false, null],
    [{ code: 'ETIMEDOUT', command: 'CONN' }, true, false, null],
    [{ code: 'ECONNECTION', command: 'DATA' }, true, true, null],
    [{}, true, true, null],
  ])('with %o: another try %s, may have arrived %s', async (fields, retryable, mayHaveArrived, status) => {
    const { channel, sent } = setUp([failure(fields), failure(fields), failure(fields)])
    const error = await failureOf(channel.send(notificationOf('firing'), calm()))
    expect(error).toMatchObject({ code: 'ERR_CHANNEL_DELIVERY', status, retryable, mayHaveArrived })
    expect(sent).toHaveLength(retryable ? 3 : 1)
  })

  it('tells what the server said, on one line and without the password', async () => {
    const smtp = { host: 'localhost', user: 'ops', password: 'hunter22' }
    const { emailError } = await import('./email-error.ts')
    const { Secrets } = await import('./channel-secrets.ts')
    const secrets = new Secrets([smtp.password])
    const error = emailError(
      'email',
      failure({ code: 'EAUTH', responseCode: 535, response: '535 no\r\nhunter22' }),
      secrets,
    )
    expect(error.message).toBe('channel "email" did not deliver: EAUTH: 535 no [redacted]')
    expect(emailError('email', failure({ responseCode: 550 }), secrets).message).toMatch(/refused: 550$/)
    expect(emailError('email', 'text', secrets).message).toMatch(/no answer \(no code\)$/)
  })

  it('by some for now is tried again for those alone', async () => {
    const { channel, sent } = setUp([
      { rejected: ['bob@example.org'], rejectedErrors: [failure({ responseCode: 451 })] },
    ])
    await channel.send(notificationOf('firing'), calm())
    expect(sent.map(({ to }) => to)).toEqual([['ann@example.org', 'bob@example.org'], ['bob@example.org']])
  })

  it('by some for good is told, and the resolve is owed all the same', async () => {
    const refused = { rejected: ['bob@example.org'], rejectedErrors: [failure({ responseCode: 550 })] }
    const { channel, sent } = setUp([
      refused,
      failure({ code: 'EDNS' }),
      failure({ code: 'EDNS' }),
      failure({ code: 'EDNS' }),
    ])
    const error = (await failureOf(channel.send(notificationOf('firing'), calm()))) as Error
    expect(error.message).toBe('channel "email" did not deliver: 1 of 2 recipients refused it, 0 of them for now')
    await channel.send(notificationOf('resolved'), calm())
    expect(sent).toHaveLength(5)
  })

  it('of a digest by some is no reason to send it to all again', async () => {
    const refused = { rejected: ['bob@example.org'], rejectedErrors: [failure({ responseCode: 451 })] }
    const { channel, sent } = setUp([{}, refused], { concurrency: 1, digest: { above: 1 } })
    await Promise.all(['A', 'B', 'C'].map(async (rule) => channel.send(notificationOf('firing', { rule }), calm())))
    expect(sent).toHaveLength(2)
  })
})

it('ends a send that is given up', async () => {
  const { channel, sent } = setUp(['hang'])
  const controller = new AbortController()
  const sending = failureOf(channel.send(notificationOf('firing'), { signal: controller.signal }))
  await expect.poll(() => sent.length).toBe(1)
  controller.abort(new Error('closed'))
  expect(await sending).toEqual(new Error('closed'))
  expect(sent[0]?.signal.aborted).toBe(true)
})

it.each<[Partial<Record<keyof EmailChannelOptions, unknown>>, string]>([
  [{ transport: undefined }, 'options must have one of transport and smtp'],
  [{ smtp: { host: 'x' } }, 'options must have one of transport and smtp'],
  [{ transport: {} }, 'transport must have a method sendMail()'],
  [{ from: 'ops' }, 'from must be an address such as "ops@example.org"'],
  [{ from: 'a@b\r\nBcc: x@example.org' }, 'from must be an address'],
  [{ to: [] }, 'to must have from 1 to 100 addresses, got 0'],
  [{ to: 5 }, 'to must be an address or an array of them'],
  [{ transport: undefined, smtp: { host: '' } }, 'smtp.host must not be empty'],
  [{ transport: undefined, smtp: { host: 'x', port: 0 } }, 'smtp.port must be an integer in [1, 65535]'],
  [{ transport: undefined, smtp: { host: 'x', secure: 1 } }, 'smtp.secure must be true or false'],
  [{ transport: undefined, smtp: { host: 'x', password: 'secret' } }, 'smtp.user and smtp.password belong together'],
  [{ transport: undefined, smtp: { host: 'x', user: '', password: 'secret' } }, 'smtp.user must not be empty'],
  [{ transport: undefined, smtp: { host: 'x', user: 'x', password: 5 } }, 'smtp.password must be a string'],
])('checks its options without showing them: %o', (options, message) => {
  expect(() => setUp([], options as never)).toThrow(message)
  expect(() => setUp([], options as never)).not.toThrow(/secret/)
})
