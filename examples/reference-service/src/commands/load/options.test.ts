import { describe, expect, it, vi } from 'vitest'
import { UsageError } from '../command-line.ts'
import { type Usage, readOptions } from './options.ts'

const USAGE: Usage = { name: 'load', what: 'x', rate: 100, duration: 60, wait: false, more: { BASE: [7, 'a base'] } }

describe('the options of a load test', () => {
  it('have defaults', () => {
    expect(readOptions(USAGE, [], {})).toMatchObject({
      url: new URL('http://localhost:8080'),
      rate: 100,
      durationMs: 60_000,
      spacing: 'constant',
      wait: false,
      progressMs: 10_000,
      json: undefined,
      more: { BASE: 7 },
    })
  })

  it('are read as make writes them, as programs write them, and from the environment, in this order of weight', () => {
    const environment = { RATE: '1', DURATION: '1', BASE: '1', JSON: '' }
    expect(readOptions(USAGE, ['RATE=200', '--', '--duration', '30', 'IN_FLIGHT=5'], environment)).toMatchObject({
      rate: 200,
      durationMs: 30_000,
      maxInFlight: 5,
      json: undefined,
      more: { BASE: 1 },
    })
  })

  it('number the tasks, or send the payload that is given', () => {
    expect(readOptions(USAGE, [], {})?.body(3)).toBe('{"signal_type":"execute","payload":{"task":"load-3"}}')
    expect(readOptions(USAGE, ['PAYLOAD={"type":"slow"}'], {})?.body(3)).toBe(
      '{"signal_type":"execute","payload":{"type":"slow"}}',
    )
  })

  it.each([
    ['RATE=0', 'RATE must be a number above 0, got "0"'],
    ['RATE=NaN', 'RATE must be a number above 0, got "NaN"'],
    ['DURATION=Infinity', 'DURATION must be a number above 0, got "Infinity"'],
    ['ARRIVALS=odd', 'ARRIVALS must be constant or poisson, got "odd"'],
    ['WAIT=1', 'WAIT must be true or false, got "1"'],
    ['URL=localhost:8080', 'URL must begin with http:// or https://, got "localhost:8080"'],
    ['PAYLOAD={', 'PAYLOAD must be JSON, got {'],
    ['SPEED=1', "Unknown option '--speed'"],
  ])('refuse %s', (arg, message) => {
    expect(() => readOptions(USAGE, [arg], {})).toThrow(UsageError)
    expect(() => readOptions(USAGE, [arg], {})).toThrow(message)
  })

  it('are explained when asked for, with the defaults of the kind of test', () => {
    const log = vi.spyOn(console, 'log').mockReturnValue()
    expect(readOptions(USAGE, ['--help'], {})).toBeUndefined()
    expect(log.mock.calls.join('\n')).toMatch(/BASE +a base\. Default 7/)
    log.mockRestore()
  })
})
