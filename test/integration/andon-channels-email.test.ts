import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { AlertEmitter } from '@tps/andon'
import { EmailChannel, type EmailChannelOptions } from '@tps/andon/email'
import { createTransport } from 'nodemailer'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, it } from 'vitest'

// A real SMTP server on this machine takes the mail, refuses it, and wants TLS and a password.

interface Mail {
  readonly to: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly user: string | undefined
  readonly secure: boolean
}

const rules = [{ name: 'Heiß', severity: 'red', summary: 'Zu heiß 😀', threshold: { above: 1 } } as const]
const stops: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

const refusal = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode })

const refuseData: SMTPServerOptions['onData'] = (stream, _, callback) => {
  stream.resume()
  stream.on('end', () => callback(refusal(552, 'too big')))
}

/** A server, what it got, and a channel to it. `refusals` are given one by one, to recipients. */
async function setUp(
  smtp: Partial<SMTPServerOptions> = {},
  options: Partial<EmailChannelOptions> = {},
  refusals: (Error | undefined)[] = [],
) {
  const mails: Mail[] = []
  const connections = { count: 0 }
  const server = new SMTPServer({
    authOptional: true,
    // Its certificate is its own: who asks for no TLS would be offered one that nobody vouches for.
    hideSTARTTLS: smtp.onAuth === undefined,
    onConnect(_, callback) {
      connections.count++
      callback()
    },
    onRcptTo(_, __, callback) {
      callback(refusals.shift())
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address)
        mails.push({ to, ...parse(Buffer.concat(chunks).toString()), user: session.user, secure: session.secure })
        callback()
      })
    },
    ...smtp,
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  stops.push(async () => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  const address = { from: 'Ops <ops@example.org>', to: ['ann@example.org', 'bob@example.org'] }
  const channel = new EmailChannel({
    smtp: { host: '127.0.0.1', port },
    ...address,
    rate: false,
    backoffMs: 10,
    attempts: 3,
    ...options,
    ...(options.smtp && { smtp: { ...options.smtp, port } }),
  })
  const emitter = new AlertEmitter({ rules, channels: [channel] })
  const failures: unknown[] = []
  emitter.on('deliveryFailed', ({ error }) => failures.push(error))
  return { port, mails, connections, channel, emitter, failures }
}

/** Headers, unfolded and decoded, and the text. */
function parse(source: string): { headers: Record<string, string>; text: string } {
  const [head = '', ...rest] = source.split('\r\n\r\n')
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(': ')
      return [name.toLowerCase(), decodeWords(value.join(': '))]
    }),
  )
  const body = rest.join('\r\n\r\n')
  const encoding = headers['content-transfer-encoding']
  const text = encoding === 'base64' ? Buffer.from(body, 'base64').toString() : decodeQuoted(body)
  return { headers, text: encoding === '7bit' ? body : text }
}

const decodeWords = (text: string): string =>
  text
    .replaceAll(/\?= (?==\?)/g, '?=')
    .replaceAll(/=\?UTF-8\?([QB])\?(.*?)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString() : decodeQuoted(word.replaceAll('_', ' ')),
    )

const decodeQuoted = (text: string): string =>
  Buffer.from(
    text
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString()

it('delivers a firing and its resolve, in one thread', async () => {
  const { mails, emitter } = await setUp()
  emitter.observe('Heiß', 5)
  emitter.observe('Heiß', 0)
  await emitter.flush()
  const [firing, resolved] = mails
  expect(firing).toMatchObject({
    to: ['ann@example.org', 'bob@example.org'],
    headers: {
      from: 'Ops <ops@example.org>',
      subject: '[red] Heiß firing: Zu heiß 😀 (value 5)',
      'auto-submitted': 'auto-generated',
      'x-priority': '1 (Highest)',
    },
  })
  expect(firing?.text).toContain('Reading:  value 5, above 1')
  expect(resolved?.headers['subject']).toBe('[resolved] Heiß resolved: Zu heiß 😀 (value 0)')
  expect(resolved?.headers['references']).toBe(firing?.headers['references'])
  expect(firing?.headers['message-id']).toMatch(/^<andon\.[0-9a-f]{32}@example\.org>$/)
  emitter.close()
})

it('takes a transport of nodemailer', async () => {
  const { port } = await setUp()
  const transport = createTransport({ host: '127.0.0.1', port })
  const channel = new EmailChannel({ transport, from: 'ops@example.org', to: 'ann@example.org', rate: false })
  expect(await channel.test()).toMatchObject({ isDelivered: true })
  transport.close()
})

describe('a refusal', () => {
  it('with 4xx is tried again', async () => {
    const { mails, channel, emitter, failures } = await setUp({}, {}, [
      refusal(451, 'try again later'),
      refusal(451, 'try again later'),
    ])
    emitter.observe('Heiß', 5)
    await emitter.flush()
    expect(mails).toHaveLength(1)
    expect(failures).toEqual([])
    expect(channel.snapshot()).toMatchObject({ delivered: 1, retries: 1 })
    emitter.close()
  })

  it('with 5xx is not', async () => {
    const { connections, emitter, failures } = await setUp({}, {}, [
      refusal(550, 'no such user'),
      refusal(550, 'no such user'),
    ])
    emitter.observe('Heiß', 5)
    await emitter.flush()
    expect(failures).toMatchObject([
      { status: 550, retryable: false, message: 'channel "email" did not deliver: EENVELOPE: 550 no such user' },
    ])
    expect(connections.count).toBe(1)
    emitter.close()
  })

  it('of one for now brings it to that one alone again', async () => {
    const { mails, emitter, failures } = await setUp({}, {}, [undefined, refusal(450, 'mailbox busy')])
    emitter.observe('Heiß', 5)
    await emitter.flush()
    expect(mails.map(({ to }) => to)).toEqual([['ann@example.org'], ['bob@example.org']])
    expect(failures).toEqual([])
    emitter.close()
  })

  it('of one for good is told, and the other has it', async () => {
    const { mails, emitter, failures } = await setUp({}, {}, [refusal(550, 'no such user')])
    emitter.observe('Heiß', 5)
    await emitter.flush()
    expect(mails.map(({ to }) => to)).toEqual([['bob@example.org']])
    expect(failures).toMatchObject([{ retryable: false, mayHaveArrived: true }])
    emitter.close()
  })

  it('of the message itself is told', async () => {
    const { emitter, failures } = await setUp({ onData: refuseData })
    emitter.observe('Heiß', 5)
    await emitter.flush()
    expect(failures).toMatchObject([{ status: 552, retryable: false }])
    emitter.close()
  })
})

it('nobody there is worth another try', async () => {
  const { emitter, failures, channel } = await setUp({}, { smtp: { host: '127.0.0.1' }, attempts: 2 })
  await stops.splice(0)[0]?.()
  emitter.observe('Heiß', 5)
  await emitter.flush()
  expect(failures).toMatchObject([
    { code: 'ERR_CHANNEL_DELIVERY', status: null, retryable: true, mayHaveArrived: false },
  ])
  expect(channel.snapshot()).toMatchObject({ retries: 1, failed: 1 })
  emitter.close()
})

it('a server that says nothing is given up after timeoutMs', async () => {
  const { emitter, failures } = await setUp({ onConnect() {} }, { timeoutMs: 300, attempts: 1 })
  emitter.observe('Heiß', 5)
  await emitter.flush()
  expect(failures).toMatchObject([{ code: expect.stringMatching(/^ERR_CHANNEL_/) }])
  emitter.close()
})

describe('with a password', () => {
  const PASSWORD = 'hunter22hunter22'
  const onAuth: SMTPServerOptions['onAuth'] = ({ username, password }, _, callback) => {
    if (password === PASSWORD) callback(null, { user: username ?? '' })
    else callback(refusal(535, `wrong password ${password}`))
  }
  const tls = { rejectUnauthorized: false }

  it('TLS comes first, and the server knows who it is', async () => {
    const smtp = { host: '127.0.0.1', user: 'ops', password: PASSWORD, tls }
    const { mails, channel } = await setUp({ onAuth }, { smtp })
    expect(await channel.test()).toMatchObject({ isDelivered: true })
    expect(mails[0]).toMatchObject({ user: 'ops', secure: true })
  })

  it('TLS from the first byte works as well', async () => {
    const smtp = { host: '127.0.0.1', secure: true, user: 'ops', password: PASSWORD, tls }
    const { mails, channel } = await setUp({ onAuth, secure: true }, { smtp })
    expect(await channel.test()).toMatchObject({ isDelivered: true })
    expect(mails[0]).toMatchObject({ user: 'ops', secure: true })
  })

  it('a certificate that nobody vouches for ends it', async () => {
    const smtp = { host: '127.0.0.1', user: 'ops', password: PASSWORD }
    const { mails, channel } = await setUp({ onAuth }, { smtp })
    expect(await channel.test()).toMatchObject({ isDelivered: false, steps: [{ kind: 'firing' }] })
    expect(mails).toEqual([])
  })

  it('a server without TLS does not get it', async () => {
    const smtp = { host: '127.0.0.1', user: 'ops', password: PASSWORD }
    const { mails, channel } = await setUp({ onAuth, hideSTARTTLS: true, allowInsecureAuth: true }, { smtp })
    expect(await channel.test()).toMatchObject({ isDelivered: false })
    expect(mails).toEqual([])
  })

  it('a wrong one is refused once, and not shown although the server repeats it', async () => {
    const wrong = 'Wr0ngPassword!'
    const smtp = { host: '127.0.0.1', user: 'ops', password: wrong, tls }
    const { connections, emitter, failures } = await setUp({ onAuth }, { smtp })
    emitter.observe('Heiß', 5)
    await emitter.flush()
    expect(failures).toMatchObject([
      { status: 535, retryable: false, message: expect.stringContaining('wrong password [redacted]') },
    ])
    expect(`${JSON.stringify(failures)} ${String(failures[0])}`).not.toContain(wrong)
    expect(connections.count).toBe(1)
    emitter.close()
  })
})
