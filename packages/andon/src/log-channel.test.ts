import { expect, it, vi } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import { alertWith, calm, groupOf } from './channel-test-kit.ts'
import { type AlertLogger, logChannel } from './log-channel.ts'
import { ReliableChannel } from './reliable-channel.ts'

function setUp() {
  const lines: [string, unknown, string][] = []
  class Logger implements AlertLogger {
    readonly #lines = lines
    info(fields: object, message: string): void {
      this.#lines.push(['info', fields, message])
    }
    warn(fields: object, message: string): void {
      this.#lines.push(['warn', fields, message])
    }
    error(fields: object, message: string): void {
      this.#lines.push(['error', fields, message])
    }
  }
  const emitter = new AlertEmitter({
    rules: [
      { name: 'Red', severity: 'red', threshold: { above: 1 }, noData: 'fire' },
      { name: 'Yellow', severity: 'yellow', threshold: { above: 1 }, summary: 'Too much' },
    ],
    channels: [logChannel(new Logger())],
  })
  return { emitter, lines }
}

it('logs by severity, and resolves as information', () => {
  const { emitter, lines } = setUp()
  emitter.observe('Red', 2)
  emitter.observe('Yellow', 3)
  emitter.observe('Red', 0)
  expect(lines.map(([level, , message]) => [level, message])).toEqual([
    ['error', 'Red firing: Red is above 1 (value 2)'],
    ['warn', 'Yellow firing: Too much (value 3)'],
    ['info', 'Red resolved: Red is above 1 (value 0)'],
  ])
  expect(lines[0]?.[1]).toMatchObject({ alert: { rule: 'Red', state: 'firing', value: 2 } })
})

it('says when there is no data', () => {
  const { emitter, lines } = setUp()
  emitter.observe('Red', undefined)
  expect(lines[0]?.[2]).toBe('Red firing: Red is above 1 (no data)')
})

it('gives each alert of a group a line, and says why it is told', async () => {
  const lines: unknown[][] = []
  const write = (...line: unknown[]): void => void lines.push(line)
  const channel = logChannel({ info: write, warn: write, error: write })
  const [first, second] = [alertWith(), alertWith({ rule: 'Other', severity: 'yellow' })]
  await channel.send({ ...groupOf('firing', [first, second]), reason: 'repeat' }, calm())
  expect(lines).toEqual([
    [{ alert: first, reason: 'repeat', group: 'group' }, 'HighLatency still firing: p99 is too high (value 250)'],
    [{ alert: second, reason: 'repeat', group: 'group' }, 'Other still firing: p99 is too high (value 250)'],
  ])
})

it.each(['info', 'warn', 'error'] as const)('writes to console.%s without a logger', (level) => {
  const print = vi.spyOn(console, level).mockImplementation(() => {})
  const severity = level === 'error' ? 'red' : 'yellow'
  const rules = [{ name: 'R', severity, threshold: { above: 1 } } as const]
  const quiet = level === 'info' ? vi.spyOn(console, 'warn').mockImplementation(() => {}) : undefined
  const emitter = new AlertEmitter({ rules, channels: [logChannel()] })
  emitter.observe('R', 2)
  if (level === 'info') emitter.observe('R', 0)
  expect(print).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('R is above 1'), {
    alert: expect.objectContaining({ rule: 'R' }),
  })
  print.mockRestore()
  quiet?.mockRestore()
})

it('refuses a logger that lacks a method', () => {
  expect(() => logChannel({ info() {}, warn() {} } as unknown as AlertLogger)).toThrow(
    'logger must have a method error()',
  )
  expect(() => logChannel(undefined, { name: '' })).toThrow('name must not be empty')
})

it('takes a sample, and a storm as one line, in a ReliableChannel', async () => {
  const lines: [string, object, string][] = []
  const write = (level: string) => (fields: object, message: string) => void lines.push([level, fields, message])
  const logger = { info: write('info'), warn: write('warn'), error: write('error') }
  const channel = new ReliableChannel(logChannel(logger), { concurrency: 1, digest: { above: 2, windowMs: 0 } })
  expect(await channel.test()).toMatchObject({ channel: 'log', isDelivered: true })
  expect(lines.map(([level, , message]) => [level, message.split(':')[0]])).toEqual([
    ['warn', 'AndonTest firing'],
    ['info', 'AndonTest resolved'],
  ])
  lines.length = 0
  const rule = { name: 'Hot', threshold: { above: 1 } }
  const rules = [
    { ...rule, severity: 'red' },
    { ...rule, name: 'Warm', severity: 'yellow' },
  ] as const
  const emitter = new AlertEmitter({ rules, channels: [channel] })
  for (const [name, value] of [
    ['Hot', 2],
    ['Warm', 2],
    ['Warm', 0],
    ['Hot', 0],
  ] as const) {
    for (let host = 0; host < 5; host++) emitter.observe({ rule: name, labels: { host: `${host}` } }, value)
    await emitter.flush()
  }
  const digests = lines.filter(([, fields]) => 'digest' in fields)
  expect(digests.map(([level, , message]) => [level, message.replace(/^\d+ notifications in one: /, '')])).toEqual([
    ['error', expect.stringMatching(/^[45] firing, 0 resolved$/)],
    ['warn', expect.stringMatching(/^[45] firing, 0 resolved$/)],
    ['info', expect.stringMatching(/^0 firing, [45] resolved$/)],
    ['info', expect.stringMatching(/^0 firing, [45] resolved$/)],
  ])
})
