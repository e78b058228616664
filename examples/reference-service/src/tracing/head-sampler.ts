import { type Attributes, type Context, type Link, ROOT_CONTEXT, type SpanKind } from '@opentelemetry/api'
import { type IdGenerator, type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace'
import { kindOf } from './span-names.ts'
import { newSpanId, newTraceId } from './trace-id.ts'

const RECORD: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED }
const FIRST_SPAN = 'ProcessSignal'
const KIND = kindOf(FIRST_SPAN)
const NO_ATTRIBUTES: Attributes = {}
const NO_LINKS: Link[] = []

/**
 * Lets a new trace be decided on before its first span is made: under load most are not recorded, and everything made for
 * them would be made in vain. The SDK asks it again for that span, and gets the same answer and the same id.
 */
export class HeadSampler implements Sampler, IdGenerator {
  readonly #sampler: Sampler
  #decided: string | undefined

  constructor(sampler: Sampler) {
    this.#sampler = sampler
  }

  /** Whether a new trace of this id is recorded. If so, the next span that has no parent begins it. */
  records(traceId: string): boolean {
    const { decision } = this.#sampler.shouldSample(ROOT_CONTEXT, traceId, FIRST_SPAN, KIND, NO_ATTRIBUTES, NO_LINKS)
    if (decision === SamplingDecision.NOT_RECORD) return false
    this.#decided = traceId
    return true
  }

  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    if (traceId !== this.#decided) return this.#sampler.shouldSample(context, traceId, name, kind, attributes, links)
    this.#decided = undefined
    return RECORD
  }

  generateTraceId(): string {
    return this.#decided ?? newTraceId()
  }

  generateSpanId(): string {
    return newSpanId()
  }

  toString(): string {
    return this.#sampler.toString()
  }
}
