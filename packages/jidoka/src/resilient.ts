import { checkName, checkObject } from '@tps/internal'
import { type BulkheadOptions, type BulkheadPolicy, bulkhead } from './bulkhead.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import { type CoalesceOptions, type CoalescePolicy, coalesce } from './coalesce.ts'
import { type AnyPolicy, type ComposedPolicy, compose } from './compose.ts'
import type { EmittingOptions } from './emitting.ts'
import { type FallbackOptions, type FallbackPolicy, fallback } from './fallback.ts'
import { type HedgeOptions, type HedgePolicy, hedge } from './hedge.ts'
import type { CircuitBreakerOptions } from './options.ts'
import type { RetryOptions } from './retry-options.ts'
import { type RetryPolicy, retry } from './retry.ts'
import type { TimeOptions } from './sleep.ts'
import { type TimeoutOptions, type TimeoutPolicy, timeout } from './timeout.ts'

/**
 * What `resilient` is made with. Each part takes its options, or a policy that is there already and may be shared, or
 * `false` to leave it out.
 */
export interface ResilientOptions<F = never> extends EmittingOptions, TimeOptions {
  /** What the caller gets in place of an error. Default none. */
  readonly fallback?: FallbackOptions<F> | FallbackOptions<F>['substitute'] | FallbackPolicy<F> | false | undefined
  /** Whether calls with the same key share one work; `forKey` of it takes the key. Default they don't. */
  readonly coalesce?: CoalesceOptions | CoalescePolicy | false | undefined
  /** How long a call may take with all its attempts and waits, in ms. Default no limit. */
  readonly totalTimeout?: number | TimeoutOptions | TimeoutPolicy | false | undefined
  /** Default three attempts, with a budget. */
  readonly retry?: RetryOptions | RetryPolicy | false | undefined
  /** When a second attempt is made beside a slow one. Default never. */
  readonly hedge?: HedgeOptions | HedgePolicy | false | undefined
  /** How many attempts run at once. Default no limit. */
  readonly bulkhead?: BulkheadOptions | BulkheadPolicy | false | undefined
  /** Default one that opens after five failures in a row. */
  readonly breaker?: CircuitBreakerOptions | CircuitBreaker | false | undefined
  /** How long one attempt may take, in ms. Default 10,000. */
  readonly timeout?: number | TimeoutOptions | TimeoutPolicy | false | undefined
}

/** Policies in an order that is right most of the time, and each of them to watch. `undefined` is what was left out. */
export interface ResilientPolicy<F = never> extends ComposedPolicy<F> {
  readonly name: string
  readonly fallback: FallbackPolicy<F> | undefined
  readonly coalesce: CoalescePolicy | undefined
  readonly totalTimeout: TimeoutPolicy | undefined
  readonly retry: RetryPolicy | undefined
  readonly hedge: HedgePolicy | undefined
  readonly bulkhead: BulkheadPolicy | undefined
  readonly breaker: CircuitBreaker | undefined
  readonly timeout: TimeoutPolicy | undefined
}

/**
 * Policies in the order that is right most of the time, outermost first: fallback, coalesce, total timeout, retry,
 * hedge, bulkhead, breaker, timeout. So the substitute comes last; shared works are retried once for all; a call waits
 * for its next attempt outside the bulkhead; what waits in the bulkhead is no probe; and the breaker counts each
 * attempt, timeouts included. Retry, breaker and timeout are there by default.
 * @throws TypeError or RangeError that names the option which is wrong, as `retry.attempts`.
 */
export function resilient<F = never>(options: ResilientOptions<F> = {}): ResilientPolicy<F> {
  const { name = 'resilient' } = checkObject('options', options)
  checkName('name', name)
  const { clock, timers, onListenerError } = options
  /** Makes a part under the name of the whole, with the whole's time. */
  const part = <O extends object, P extends object>(
    key: string,
    given: O | P | false | undefined,
    make: (options: O) => P,
  ): P | undefined => {
    if (given === undefined || given === false) return undefined
    checkObject(key, given)
    if (isPolicy(given)) return given as P
    try {
      const common = { name: `${name} ${key}`, clock, timers, onListenerError }
      const own = Object.entries(given).filter(([, value]) => value !== undefined)
      return make({ ...common, ...Object.fromEntries(own) } as O)
    } catch (error) {
      throw under(key, error)
    }
  }
  const parts = {
    fallback: part('fallback', asObject(options.fallback, 'substitute'), fallback<F>),
    coalesce: part('coalesce', options.coalesce, coalesce),
    totalTimeout: part('totalTimeout', asObject(options.totalTimeout, 'ms'), timed),
    retry: part('retry', options.retry ?? {}, retry),
    hedge: part('hedge', options.hedge, hedge),
    bulkhead: part('bulkhead', options.bulkhead, bulkhead),
    breaker: part('breaker', options.breaker ?? {}, (given: CircuitBreakerOptions) => new CircuitBreaker(given)),
    timeout: part('timeout', asObject(options.timeout ?? 10_000, 'ms'), timed),
  }
  const inOrder = Object.values(parts).filter((policy) => policy !== undefined) as AnyPolicy[]
  const composed = compose(...inOrder) as ComposedPolicy<F>
  return { name, ...composed, ...parts }
}

const timed = (options: TimeoutOptions): TimeoutPolicy => timeout(options)

function isPolicy(given: object): boolean {
  return typeof Reflect.get(given, 'execute') === 'function'
}

/** The short form of an option as its long one. */
function asObject(given: unknown, key: string): never {
  return (typeof given === 'number' || typeof given === 'function' ? { [key]: given } : given) as never
}

/** The error with the part's name before the option's. */
function under(key: string, error: unknown): unknown {
  if (error instanceof RangeError) return new RangeError(`${key}.${error.message}`, { cause: error })
  if (error instanceof TypeError) return new TypeError(`${key}.${error.message}`, { cause: error })
  return error
}
