import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api'
import { SamplingDecision } from '@opentelemetry/sdk-trace'
import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { RateSampler } from './rate-sampler.ts'
import { samplerOf } from './sampler.ts'
import { tracingConfig } from './tracing-fixtures.ts'

const RECORDED = SamplingDecision.RECORD_AND_SAMPLED
const remote = (traceFlags: TraceFlags) =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags,
    isRemote: true,
  })
const ask = (sampler: ReturnType<typeof samplerOf>, parent = ROOT_CONTEXT, traceId = 'f'.repeat(32)) =>
  sampler.shouldSample(parent, traceId, 'ProcessSignal', SpanKind.SERVER, {}, []).decision === RECORDED

describe('the sampler', () => {
  it.each([
    ['always_on', true, true, true],
    ['always_off', false, false, false],
    ['parentbased_always_on', true, true, false],
    ['parentbased_always_off', false, true, false],
  ] as const)('%s is the one of the standard', (name, alone, underSampled, underUnsampled) => {
    const sampler = samplerOf(tracingConfig({ OTEL_TRACES_SAMPLER: name }))
    expect(ask(sampler)).toBe(alone)
    expect(ask(sampler, remote(TraceFlags.SAMPLED))).toBe(underSampled)
    expect(ask(sampler, remote(TraceFlags.NONE))).toBe(underUnsampled)
  })

  it.each(['traceidratio', 'parentbased_traceidratio'])('%s takes the share that its argument says', (name) => {
    const sampler = samplerOf(tracingConfig({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: '0.1' }))
    let taken = 0
    for (let index = 0; index < 10_000; index++) {
      const traceId = Math.imul(index + 1, 2_654_435_761) >>> 0
      if (ask(sampler, ROOT_CONTEXT, traceId.toString(16).padStart(8, '0').padEnd(32, '0'))) taken++
    }
    expect(taken).toBeGreaterThan(900)
    expect(taken).toBeLessThan(1_100)
    const unlucky = '7fffffff'.padEnd(32, '0')
    expect(ask(sampler, ROOT_CONTEXT, unlucky)).toBe(false)
    expect(ask(sampler, remote(TraceFlags.SAMPLED), unlucky)).toBe(name.startsWith('parent'))
  })

  it('takes all up to a number a second when none is named, those that callers ask for among them', () => {
    const sampler = samplerOf(tracingConfig({ TRACES_PER_SECOND: '3' }))
    expect([1, 2, 3].map(() => ask(sampler))).toEqual([true, true, true])
    expect(ask(sampler)).toBe(false)
    expect(ask(sampler, remote(TraceFlags.SAMPLED))).toBe(false)
    expect(ask(sampler, remote(TraceFlags.NONE))).toBe(false)
    const local = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: TraceFlags.SAMPLED,
    })
    expect(ask(sampler, local)).toBe(true)
  })

  it('takes more as time goes by', () => {
    const clock = new ManualClock()
    const sampler = new RateSampler(2, clock)
    const take = () => sampler.shouldSample().decision === RECORDED
    expect([take(), take(), take()]).toEqual([true, true, false])
    clock.advance(500)
    expect([take(), take()]).toEqual([true, false])
    expect(String(sampler)).toBe('RateSampler{2/s}')
  })
})
