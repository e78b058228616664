import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api'
import { type Sampler, SamplingDecision, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, it } from 'vitest'
import { HeadSampler } from './head-sampler.ts'
import { newTraceId } from './trace-id.ts'

/** Answers in turn, and counts how often it is asked. */
class InTurn implements Sampler {
  asked = 0
  readonly #answers: boolean[]

  constructor(...answers: boolean[]) {
    this.#answers = answers
  }

  shouldSample() {
    this.asked++
    return {
      decision: this.#answers.shift() ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
    }
  }

  toString(): string {
    return 'InTurn'
  }
}

function tracerOf(head: HeadSampler) {
  return new TracerProvider({ sampler: head, idGenerator: head }).getTracer('test')
}

it('gives the span of a trace that it decided to record the decided id, and asks once', () => {
  const sampler = new InTurn(true)
  const head = new HeadSampler(sampler)
  const traceId = newTraceId()
  expect(head.records(traceId)).toBe(true)
  const span = tracerOf(head).startSpan('ProcessSignal', {}, ROOT_CONTEXT)
  expect(span.isRecording()).toBe(true)
  expect(span.spanContext()).toMatchObject({ traceId, spanId: expect.stringMatching(/^[\da-f]{16}$/) })
  expect(sampler.asked).toBe(1)
})

it('asks for each span that nothing was decided on', () => {
  const sampler = new InTurn(false, true, false)
  const head = new HeadSampler(sampler)
  expect(head.records(newTraceId())).toBe(false)
  const tracer = tracerOf(head)
  const [one, other] = [tracer.startSpan('a', {}, ROOT_CONTEXT), tracer.startSpan('b', {}, ROOT_CONTEXT)]
  expect([one.isRecording(), other.isRecording()]).toEqual([true, false])
  expect(one.spanContext().traceId).not.toBe(other.spanContext().traceId)
  expect(sampler.asked).toBe(3)
})

it('decides by the id as the sampler by ratio does', () => {
  const ratio = new TraceIdRatioBasedSampler(0.5)
  const head = new HeadSampler(ratio)
  for (let count = 0; count < 200; count++) {
    const traceId = newTraceId()
    expect(traceId).toMatch(/^[\da-f]{32}$/)
    const { decision } = ratio.shouldSample(ROOT_CONTEXT, traceId)
    expect(head.records(traceId)).toBe(decision === SamplingDecision.RECORD_AND_SAMPLED)
    if (decision === SamplingDecision.RECORD_AND_SAMPLED)
      expect(head.shouldSample(ROOT_CONTEXT, traceId, 'x', SpanKind.SERVER, {}, []).decision).toBe(decision)
  }
  expect(String(head)).toBe(String(ratio))
})
