import { type ExecuteOptions, type Policy, type WorkContext, checkObject } from '@tps/internal'
import { begin } from './begin.ts'
import { CallContext } from './context.ts'

/** A policy whose calls may end with an `F` in place of the work's own result. With `never` it is a `Policy`. */
export interface SubstitutingPolicy<F> {
  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T | F>
  /** Nothing at run time: the type of what may come in place of a result. */
  readonly substitutes?: readonly [F] | undefined
}

/** Every policy, whether it substitutes or not. */
export type AnyPolicy = SubstitutingPolicy<unknown>

/** What the policies `P`, a union, may put in place of a result. */
export type SubstituteOf<P> = P extends unknown
  ? 'substitutes' extends keyof P
    ? P extends { readonly substitutes?: readonly [infer F] | undefined }
      ? F
      : never
    : never
  : never

/** Policies as one. */
export interface ComposedPolicy<F = never> extends SubstitutingPolicy<F> {
  /** What it was composed of, outermost first. */
  readonly policies: readonly AnyPolicy[]
}

const PASS: Policy = {
  execute: (work, options) => begin(work, new CallContext(options)),
}

/**
 * Nests policies, outermost first: `compose(retry, breaker, timeout)` retries what the breaker admits, and the timeout
 * counts for each attempt. Any number of them; without any the work is just called. The caller's signal goes in at the
 * outermost, and each hands its own to the next. Any order is taken; `checkOrder` says which ones are likely mistakes.
 */
export function compose<const P extends readonly AnyPolicy[]>(...policies: P): ComposedPolicy<SubstituteOf<P[number]>> {
  for (const [index, policy] of policies.entries()) checkObject(`policies[${index}]`, policy, ['execute'])
  const innermost = policies.at(-1) ?? PASS
  const nested = policies.slice(0, -1).reduceRight<AnyPolicy>(
    (inner, outer) => ({
      execute: (work, options) => outer.execute((context) => inner.execute(work, context), options),
    }),
    innermost,
  )
  const composed: ComposedPolicy<unknown> = {
    execute: (work, options) => nested.execute(work, options),
    policies: [...policies],
  }
  return composed as ComposedPolicy<SubstituteOf<P[number]>>
}
