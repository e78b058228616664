import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace'
import { type Clock, rateLimiter } from '@tps/heijunka'

const RECORD: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED }
const DROP: SamplingResult = { decision: SamplingDecision.NOT_RECORD }

/** Samples every trace as long as there are no more than so many a second: little load shows all, much load costs no more. */
export class RateSampler implements Sampler {
  readonly #perSecond: number
  readonly #take: () => boolean
  readonly #left: () => number

  /** `perSecond`: at least 1. `clock`: monotonic ms. */
  constructor(perSecond: number, clock?: Clock) {
    this.#perSecond = perSecond
    const limiter = rateLimiter({ name: 'traces', limit: perSecond, clock })
    this.#take = () => limiter.tryTake()
    this.#left = () => limiter.peek().remaining
  }

  shouldSample(): SamplingResult {
    return this.#take() ? RECORD : DROP
  }

  /** Whether none is sampled at this moment: then it need not be asked, nor told what about. */
  get isSpent(): boolean {
    return this.#left() < 1
  }

  toString(): string {
    return `RateSampler{${this.#perSecond}/s}`
  }
}
