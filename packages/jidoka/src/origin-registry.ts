import { checkObject } from '@tps/internal'
import { classifyHttp } from './http.ts'
import type { CircuitBreakerOptions } from './options.ts'
import { BreakerRegistry, type BreakerRegistryOptions } from './registry.ts'

/** The registry that is given, or one made from its options whose breakers classify as HTTP unless told otherwise. */
export function originRegistry(
  registry: BreakerRegistry | BreakerRegistryOptions | undefined,
  common: Pick<BreakerRegistryOptions, 'name' | 'clock' | 'onListenerError'>,
): BreakerRegistry {
  const given = registry ?? {}
  // Not by its class: it may come from the other entry, or from another copy.
  if ('get' in checkObject('registry', given)) return given as BreakerRegistry
  const { breaker = {}, ...rest } = given as BreakerRegistryOptions
  return new BreakerRegistry({
    ...common,
    ...rest,
    breaker: typeof breaker === 'function' ? (key) => http(breaker(key)) : http(breaker),
  })
}

function http(own: CircuitBreakerOptions): CircuitBreakerOptions {
  return { ...own, classify: own.classify ?? classifyHttp }
}
