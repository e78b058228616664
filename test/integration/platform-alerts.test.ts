import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type {
  AlertHistoryAnswer,
  AlertsAnswer,
  AlertingSnapshot,
  RulesAnswer,
} from '../../examples/monitoring-platform/src/alerting/answers.ts'
import { Receiver } from './andon-receiver.ts'
import { DataFolder, RunningPlatform } from './platform.ts'
import { until } from './service.ts'

const run = promisify(execFile)

interface LogLine {
  readonly msg?: string
  readonly component?: string
  readonly [field: string]: unknown
}

interface Posted {
  readonly data: {
    readonly kind: 'firing' | 'resolved'
    readonly reason?: string
    readonly alert: { readonly rule: string; readonly labels: Readonly<Record<string, string>> }
  }
}

let folder: DataFolder
let platform: RunningPlatform | undefined
let receiver: Receiver | undefined

beforeEach(() => {
  folder = new DataFolder()
})

afterEach(async () => {
  await platform?.end()
  await receiver?.stop()
  platform = receiver = undefined
  folder[Symbol.dispose]()
})

async function start(environment: Readonly<Record<string, string>> = {}) {
  const running = (platform = await RunningPlatform.start(folder, { DURABILITY: 'memory', ...environment }))
  const log: LogLine[] = []
  createInterface({ input: running.process.stdout! }).on('line', (line) => log.push(JSON.parse(line) as LogLine))
  const alerts = async (): Promise<AlertsAnswer> => await running.json('/alerts')
  const events = async (): Promise<readonly string[]> => {
    const { events: all } = await running.json<AlertHistoryAnswer>('/alerts/history')
    return all.toReversed().map(({ rule, from, to }) => `${rule} ${from}>${to}`)
  }
  const status = async (): Promise<AlertingSnapshot> =>
    (await running.json<{ alerting: AlertingSnapshot }>('/status')).alerting
  return { running, log, alerts, events, status }
}

/** Writes rules as editors do: a new file in the place of the old one. */
function writeRules(text: string): string {
  const path = join(folder.path, 'rules.yaml')
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
  return path
}

const WEBHOOK_KEY = `whsec_${Buffer.alloc(24, 7).toString('base64')}`

describe('the walkthrough', () => {
  it('fires with ten metrics at 92 %, says so in the log, and resolves when the average falls', async () => {
    const { running, log, alerts, events, status } = await start()
    const loop = `for i in {1..10}; do
      curl -s -X POST http://localhost:8080/metrics \\
           -d '{"name":"cpu_usage","value":92}' > /dev/null
    done`
    await run('bash', ['-c', loop.replace('http://localhost:8080', running.url)])
    const [alert] = (await alerts()).alerts
    expect(alert).toMatchObject({
      rule: 'HighCpuUsage',
      state: 'firing',
      expression: 'avg(cpu_usage[60s]) > 80',
      value: 92,
      threshold: 80,
      samples: 10,
    })
    const { rules, file } = await running.json<RulesAnswer>('/rules')
    expect([file, rules.map(({ name, state, value }) => [name, state, value])]).toEqual([
      null,
      [
        ['HighCpuUsage', 'firing', 92],
        ['HighMemoryUsage', 'ok', null],
        ['HighErrorRate', 'ok', null],
      ],
    ])
    const lines = await until(
      async () => await Promise.resolve(log.filter(({ component }) => component === 'alerting')),
      ({ length }) => length > 0,
    )
    expect(lines).toMatchObject([
      {
        msg: 'HighCpuUsage firing: avg(cpu_usage[60s]) > 80 (value 92) from 1 sample',
        metric: 'cpu_usage',
        condition: 'avg(cpu_usage[60s]) > 80',
        threshold: 80,
        value: 92,
        samples: 1,
      },
    ])
    await running.post(Array.from({ length: 10 }, () => ({ name: 'cpu_usage', value: 60 })))
    expect((await alerts()).alerts).toEqual([])
    expect(await events()).toEqual(['HighCpuUsage ok>firing', 'HighCpuUsage firing>ok'])
    expect(await status()).toMatchObject({
      rules: 3,
      series: 1,
      evaluations: 20,
      firing: 0,
      notifications: { sent: 2 },
    })
    const page = await (await fetch(`${running.url}/metrics`)).text()
    expect(page).toContain('platform_alert_evaluations_total 20\n')
    expect(page).toContain('platform_notifications_sent_total 2\n')
  })

  it('resolves by itself when the samples leave the window', async () => {
    const { running, events } = await start()
    const timestamp = Date.now() - 58_000
    await running.post({ name: 'cpu_usage', value: 92, timestamp })
    expect(await events()).toEqual(['HighCpuUsage ok>firing'])
    await until(events, ({ length }) => length === 2)
    expect(Date.now() - timestamp).toBeGreaterThanOrEqual(59_000)
    expect(await events()).toEqual(['HighCpuUsage ok>firing', 'HighCpuUsage firing>ok'])
  })
})

const RULE = '{ name: Hot, metric: heat, agg: max, window: 2s, threshold: 80 }'

describe('a channel that fails half of its calls', () => {
  it('gets every notification of every alert', async () => {
    let calls = 0
    const arrived = new Map<string, number>()
    receiver = await Receiver.start(({ body }) => {
      // Fails before and after it has taken the notification, and by breaking the connection.
      if (calls++ % 2 === 0) return calls % 4 === 1 ? { status: 503 } : 'close'
      const { kind, alert } = (JSON.parse(body) as Posted).data
      const key = `${alert.labels['host']} ${kind}`
      arrived.set(key, (arrived.get(key) ?? 0) + 1)
      return { status: 204 }
    })
    const { running, status } = await start({
      RULES_FILE: writeRules(`rules: [${RULE}]`),
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_KEY: WEBHOOK_KEY,
      ALERT_RETRY_MS: '20',
    })
    const hosts = Array.from({ length: 100 }, (_, index) => `h${index}`)
    await running.post(hosts.map((host) => ({ name: 'heat', tags: { host }, value: 90 })))
    const expected = hosts.flatMap((host) => [`${host} firing`, `${host} resolved`]).toSorted()
    await until(
      async () => await Promise.resolve([...arrived.keys()].length),
      (count) => count === expected.length,
      30_000,
    )
    expect([...arrived.keys()].toSorted()).toEqual(expected)
    const { notifications } = await until(status, ({ notifications: { sent } }) => sent >= 400)
    // Each in the log and over the channel.
    expect(notifications).toMatchObject({ sent: 400, failed: 0, dropped: 0 })
    expect(notifications.retried).toBeGreaterThanOrEqual(100)
  })
})

describe('the rules file', () => {
  it('is read again when it changes; a broken one is shown and changes nothing', async () => {
    const path = writeRules(`rules: [${RULE.replace('2s', '1h')}]`)
    const { running, alerts, events, log } = await start({ RULES_FILE: path })
    await running.post({ name: 'heat', value: 90 })
    const rules = async (): Promise<RulesAnswer> => await running.json('/rules')
    writeRules(`rules: [${RULE.replace('80', 'high')}]`)
    const broken = await until(rules, ({ error }) => error !== undefined)
    expect(broken).toMatchObject({
      file: path,
      error: 'rule "Hot": threshold must be number; it is "high"',
      rules: [{ name: 'Hot', threshold: 80, state: 'firing' }],
    })
    expect(log.some(({ msg }) => msg?.includes('those before hold'))).toBe(true)
    writeRules(`rules: [${RULE.replace('2s', '1h')}, { name: Cold, metric: heat, op: '<', window: 5s, threshold: 0 }]`)
    const both = await until(rules, ({ rules: all }) => all.length === 2)
    expect(both.error).toBeUndefined()
    // The alert of the rule that is the same has gone on.
    expect(await events()).toEqual(['Hot ok>firing'])
    writeRules(`rules: [${RULE.replace('80', '95')}]`)
    await until(rules, ({ rules: all }) => all.length === 1)
    expect(await events()).toEqual(['Hot ok>firing', 'Hot firing>ok'])
    expect((await alerts()).alerts).toEqual([])
  })

  it.each([
    [{ RULES_FILE: '/nowhere/rules.yaml' }, "it can't be read: ENOENT"],
    [{ ALERT_WEBHOOK_URL: 'http://localhost:1' }, 'ALERT_WEBHOOK_URL: a webhook needs ALERT_WEBHOOK_KEY'],
    [{ ALERT_EMAIL_TO: 'a@example.org' }, 'ALERT_EMAIL_TO: mail needs ALERT_EMAIL_SMTP_HOST'],
  ])('or a channel that can not be used ends it at the start: %j', async (environment, message) => {
    const main = join(import.meta.dirname, '../../examples/monitoring-platform/src/main.ts')
    const child = spawn(process.execPath, ['--conditions=@tps/source', main], {
      env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: folder.path, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    expect(await once(child, 'close')).toEqual([1, null])
    expect(said).toContain(message)
  })
})

const fileWith = (url: string, overrides = ''): string => `
rules: [${RULE.replace('2s', '1h')}, ${RULE.replace('2s', '1h').replace('Hot', 'Known').replace('heat', 'known')}]
on_call:
  rotation: [{ name: ada, webhook: '${url}/ada' }, { name: bob, webhook: '${url}/bob' }]
  start: ${Date.now() - 60_000}
  shift: 1h
  overrides: [${overrides}]
escalation: [{ after: 1s, channels: [on-call] }]
`
const gotBy = (path: string): readonly string[] =>
  receiver!.got
    .filter((each) => each.path === `POST ${path}`)
    .map(({ body }) => (JSON.parse(body) as Posted).data)
    .map(({ kind, reason, alert: { rule } }) => [rule, kind, ...(reason === undefined ? [] : [reason])].join(' '))

describe('the escalation', () => {
  it('reaches who is on call at the moment, unless somebody has acknowledged', async () => {
    receiver = await Receiver.start()
    const nowMs = Date.now()
    const override = `{ name: bob, from: ${nowMs - 60_000}, until: ${nowMs + 600_000} }`
    const { running, alerts } = await start({
      RULES_FILE: writeRules(fileWith(receiver.url)),
      ALERT_WEBHOOK_URL: `${receiver.url}/team`,
      ALERT_WEBHOOK_KEY: WEBHOOK_KEY,
    })
    expect((await alerts()).onCall).toMatchObject({ now: 'ada', next: 'bob' })
    await running.post([
      { name: 'heat', value: 90 },
      { name: 'known', value: 90 },
    ])
    const known = (await alerts()).alerts.find(({ rule }) => rule === 'Known')
    const acknowledged = await fetch(`${running.url}/admin/alerts/${known?.id}/acknowledge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: 'kim' }),
    })
    expect(await acknowledged.json()).toMatchObject({ alert: { rule: 'Known', acknowledgedBy: 'kim' } })
    await until(
      async () => await Promise.resolve(gotBy('/ada')),
      ({ length }) => length > 0,
    )
    expect(gotBy('/team').toSorted()).toEqual(['Hot firing', 'Known firing'])
    // From now on it is bob; who was told of the firing is told of the resolve.
    writeRules(fileWith(receiver.url, override))
    await until(alerts, ({ onCall }) => onCall?.now === 'bob')
    writeRules(fileWith(receiver.url, override).replace('threshold: 80', 'threshold: 99'))
    await until(
      async () => await Promise.resolve(gotBy('/ada')),
      ({ length }) => length > 1,
    )
    expect([gotBy('/ada'), gotBy('/bob')]).toEqual([['Hot firing escalation', 'Hot resolved'], []])
    await running.post({ name: 'heat', value: 100 })
    await until(
      async () => await Promise.resolve(gotBy('/bob')),
      ({ length }) => length > 0,
    )
    expect(gotBy('/bob')).toEqual(['Hot firing escalation'])
    expect(gotBy('/ada')).toHaveLength(2)
  })
})

describe('silences', () => {
  it('hold back what they match, until they are ended', async () => {
    receiver = await Receiver.start()
    const { running, alerts } = await start({
      RULES_FILE: writeRules(`rules: [${RULE.replace('2s', '1h')}]`),
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_KEY: WEBHOOK_KEY,
    })
    const send = async (method: string, path: string, body?: object): Promise<Response> =>
      await fetch(`${running.url}/admin${path}`, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      })
    const made = await send('POST', '/silences', {
      matchers: { rule: 'Hot' },
      forMs: 60_000,
      by: 'ada',
      comment: 'a test',
    })
    expect(made.status).toBe(201)
    await running.post({ name: 'heat', value: 90 })
    const { alerts: all, silences } = await alerts()
    expect([all, silences]).toMatchObject([[{ rule: 'Hot', silencedBy: silences[0]?.id }], [{ by: 'ada' }]])
    expect(receiver.got).toEqual([])
    expect((await send('DELETE', `/silences/${silences[0]?.id}`)).status).toBe(204)
    await until(
      async () => await Promise.resolve(receiver!.got.length),
      (count) => count === 1,
    )
    const wrong = [
      await send('DELETE', '/silences/unknown'),
      await send('POST', '/silences', { matchers: {}, forMs: 1, by: 'ada' }),
      await send('POST', '/alerts/unknown/acknowledge', { by: 'ada' }),
      await send('POST', '/alerts/unknown/acknowledge', {}),
    ]
    expect(wrong.map(({ status }) => status)).toEqual([404, 400, 404, 400])
  })
})

describe('a platform that was killed', () => {
  it('goes on with its alerts: they fire once, and resolve where they were told', async () => {
    receiver = await Receiver.start()
    const environment = {
      RULES_FILE: writeRules(`rules: [${RULE.replace('2s', '1h')}]`),
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_KEY: WEBHOOK_KEY,
    }
    const before = await start(environment)
    await before.running.post({ name: 'heat', value: 90 })
    await until(before.status, ({ notifications: { sent } }) => sent === 2)
    // What has changed is saved within a second.
    await new Promise((resolve) => void setTimeout(resolve, 1_500))
    await before.running.end('SIGKILL')
    const after = await start({ ...environment, RULES_FILE: writeRules(`rules: [${RULE.replace('2s', '1h')}]`) })
    expect((await after.alerts()).alerts).toMatchObject([{ rule: 'Hot', state: 'firing', value: 90 }])
    await after.running.post({ name: 'heat', value: 10 })
    await until(
      async () => await Promise.resolve(receiver!.got.length),
      (count) => count >= 2,
    )
    expect(receiver.got.map(({ body }) => (JSON.parse(body) as Posted).data.kind)).toEqual(['firing', 'resolved'])
    expect(await after.events()).toEqual(['Hot ok>firing', 'Hot firing>ok'])
  })
})
