import { UsageError, numberOf, oneOf, readValues, urlOf } from '../command-line.ts'
import type { Spacing } from './arrivals.ts'

/** What every kind of load test can be told. */
export interface LoadOptions {
  readonly url: URL
  /** Signals a second. */
  readonly rate: number
  readonly durationMs: number
  readonly spacing: Spacing
  readonly wait: boolean
  readonly timeoutMs: number
  readonly maxInFlight: number
  /** How often progress is printed. */
  readonly progressMs: number
  /** Where the summary goes as JSON; `-` is standard output. */
  readonly json: string | undefined
  readonly body: (index: number) => string
  /** What one kind of test alone has, in its own units. */
  readonly more: Readonly<Record<string, number>>
}

/** How one kind of test is called, with its own numbers and their defaults. */
export interface Usage {
  readonly name: string
  readonly what: string
  readonly rate: number
  readonly duration: number
  readonly wait: boolean
  readonly more?: Readonly<Record<string, readonly [fallback: number, what: string]>>
}

const NAMES = {
  URL: 'the service; with a path, the exact address to post to. Default http://localhost:8080',
  RATE: 'signals a second',
  DURATION: 'seconds',
  ARRIVALS: 'constant (default) or poisson: by chance, as many independent callers send',
  WAIT: 'true: wait for the result of each signal, and count the time until then',
  PAYLOAD: 'the payload of each signal as JSON. Default {"task":"<name>-<number>"}',
  TIMEOUT: 'seconds after which a signal without an answer has failed. Default 30',
  IN_FLIGHT: 'how many may be without an answer at once. Default 10000',
  PROGRESS: 'seconds between two lines of progress. Default 10',
  JSON: 'a file for the summary as JSON; - for standard output',
}

/**
 * Reads the options of one kind of test. Returns `undefined` when only help was asked for, which it has then printed.
 * @throws UsageError when one can't be used.
 */
export function readOptions(
  usage: Usage,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): LoadOptions | undefined {
  const given = readValues([...Object.keys(NAMES), ...Object.keys(usage.more ?? {})], args, environment)
  if (given === undefined) {
    console.log(helpOf(usage))
    return undefined
  }
  const number = (name: string, fallback: number): number => numberOf(name, given[name], fallback)
  return {
    url: urlOf('URL', given['URL'] ?? 'http://localhost:8080'),
    rate: number('RATE', usage.rate),
    durationMs: number('DURATION', usage.duration) * 1_000,
    spacing: oneOf('ARRIVALS', given['ARRIVALS'] ?? 'constant', ['constant', 'poisson']),
    wait: oneOf('WAIT', given['WAIT'] ?? String(usage.wait), ['true', 'false']) === 'true',
    timeoutMs: number('TIMEOUT', 30) * 1_000,
    maxInFlight: number('IN_FLIGHT', 10_000),
    progressMs: number('PROGRESS', 10) * 1_000,
    json: given['JSON'],
    body: bodyOf(usage.name, given['PAYLOAD']),
    more: Object.fromEntries(
      Object.entries(usage.more ?? {}).map(([name, [fallback]]) => [name, number(name, fallback)]),
    ),
  }
}

function bodyOf(name: string, payload: string | undefined): (index: number) => string {
  if (payload === undefined) return (index) => `{"signal_type":"execute","payload":{"task":"${name}-${index}"}}`
  try {
    const body = JSON.stringify({ signal_type: 'execute', payload: JSON.parse(payload) as unknown })
    return () => body
  } catch (error) {
    throw new UsageError(`PAYLOAD must be JSON, got ${payload}`, { cause: error })
  }
}

function helpOf({ name, what, rate, duration, wait, more = {} }: Usage): string {
  const own = Object.entries(more).map(([key, [fallback, text]]) => [key, `${text}. Default ${fallback}`])
  const all = {
    ...NAMES,
    RATE: `${NAMES.RATE}. Default ${rate}`,
    DURATION: `${NAMES.DURATION}. Default ${duration}`,
    WAIT: `${NAMES.WAIT}. Default ${wait}`,
    ...(Object.fromEntries(own) as Record<string, string>),
  }
  return [
    `make ${name} [RATE=…] [DURATION=…] …   or   pnpm ${name} [RATE=…] …`,
    '',
    what,
    '',
    ...Object.entries(all).map(([key, text]) => `  ${key.padEnd(10)} ${text}`),
  ].join('\n')
}
