import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace'
import { type Clock, rateLimiter } from '@tps/heijunka'

const RECORD: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED }
const DROP: SamplingResult = { decision: SamplingDecision.NOT_RECORD }

/** Samples every trace as long as there are no more than so many a second: little load shows all, much load costs no more. */
export class RateSampler implements Sampler {
  readonly #perSecond: number
  readonly #take: () => boolean

  /** `perSecond`: at least 1. `clock`: monotonic ms. */
  constructor(perSecond: number, clock?: Clock) {
    this.#perSecond = perSecond
    const limiter = rateLimiter({ name: 'traces', limit: perSecond, clock })
    this.#take = () => limiter.tryTake()
  }

  shouldSample(): SamplingResult {
    return this.#take() ? RECORD : DROP
  }

  toString(): string {
    return `RateSampler{${this.#perSecond}/s}`
  }
}
