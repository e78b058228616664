import PQueue from 'p-queue'
import type { CheckedDelivery } from './reliable-options.ts'

/** What gives turns: at most `concurrency` at once, and at most `rate.count` in any `rate.perMs`. */
export function turnsOf({ concurrency, rate }: Pick<CheckedDelivery, 'concurrency' | 'rate'>): PQueue {
  // Strict: without it twice as many may start where two windows meet.
  return new PQueue(
    rate ? { concurrency, intervalCap: rate.count, interval: rate.perMs, strict: true } : { concurrency },
  )
}
