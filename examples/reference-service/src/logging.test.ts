import { bindLogger, traceMixin } from '@tps/andon/logging'
import { type Logger, pino } from 'pino'
import { expect, expectTypeOf, it } from 'vitest'

const ACTIVE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }

/** A logger whose mixin sees an active span, and the lines that it wrote, as text. */
function setUp(active: typeof ACTIVE | undefined = ACTIVE) {
  const lines: string[] = []
  const mixin = traceMixin({ getActiveSpan: () => active && { spanContext: () => active } })
  const log = pino({ base: null, timestamp: false, mixin }, { write: (line: string) => lines.push(line.trim()) })
  return { log, lines }
}

it('gives every line of a signal its trace, its signal and its component, each once', () => {
  const { log, lines } = setUp()
  const signal = bindLogger(log, { traceId: 't', signalId: 'sig', component: 'worker' })
  expectTypeOf(signal.fatal).toEqualTypeOf<Logger['fatal']>()
  signal.info({ duration_ms: 12 }, 'completed')
  signal.child({ attempt: 2 }).warn('again')
  expect(lines).toEqual([
    '{"level":30,"trace_id":"t","signal_id":"sig","component":"worker","duration_ms":12,"msg":"completed"}',
    '{"level":40,"trace_id":"t","signal_id":"sig","component":"worker","attempt":2,"msg":"again"}',
  ])
})

it('adds the active span to lines of loggers without a trace', () => {
  const { log, lines } = setUp()
  log.info('anywhere')
  bindLogger(log, { component: 'queue' }).info('in the queue')
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    { level: 30, trace_id: ACTIVE.traceId, span_id: ACTIVE.spanId, msg: 'anywhere' },
    { level: 30, component: 'queue', trace_id: ACTIVE.traceId, span_id: ACTIVE.spanId, msg: 'in the queue' },
  ])
})

it('adds nothing where no span is active', () => {
  const { log, lines } = setUp({ traceId: '0'.repeat(32), spanId: '0'.repeat(16) })
  log.info('anywhere')
  expect(lines).toEqual(['{"level":30,"msg":"anywhere"}'])
})
