import { expect, it, vi } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import { alertWith, calm, groupOf } from './channel-test-kit.ts'
import { type AlertLogger, logChannel } from './log-channel.ts'

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
