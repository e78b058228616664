import { type Policy, checkObject } from '@tps/internal'
import { CallContext } from './context.ts'

const PASS: Policy = {
  execute: async (work, options) => work(new CallContext(options)),
}

/**
 * Nests policies, outermost first: `compose(retry, breaker, timeout)` retries what the breaker admits, and the timeout
 * counts for each attempt. Any number of them; without any the work is just called. The caller's signal goes in at the
 * outermost, and each hands its own to the next.
 */
export function compose(...policies: readonly Policy[]): Policy {
  for (const [index, policy] of policies.entries()) checkObject(`policies[${index}]`, policy, ['execute'])
  const innermost = policies.at(-1) ?? PASS
  return policies.slice(0, -1).reduceRight<Policy>(
    (inner, outer) => ({
      execute: (work, options) => outer.execute((context) => inner.execute(work, context), options),
    }),
    innermost,
  )
}
