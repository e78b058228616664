import { checkObject } from '@tps/internal'
import type { AnyPolicy } from './compose.ts'

/** What kinds of policies there are here. Others have no say in the order. */
export type PolicyKind = 'fallback' | 'coalesce' | 'retry' | 'hedge' | 'bulkhead' | 'circuit-breaker' | 'timeout'

/** Two policies that are likely nested the wrong way round, or one that lacks a companion. */
export interface OrderWarning {
  readonly code:
    | 'fallback-inside'
    | 'coalesce-inside'
    | 'retry-inside-breaker'
    | 'hedge-inside-breaker'
    | 'bulkhead-inside-breaker'
    | 'bulkhead-around-retry'
    | 'breaker-without-timeout'
    | 'retry-without-timeout'
  readonly outer: PolicyKind
  /** The kind inside it; the one that is missing there when the code ends in `without-timeout`. */
  readonly inner: PolicyKind
  /** What goes wrong, and what to do. */
  readonly message: string
}

interface Rule {
  readonly code: OrderWarning['code']
  readonly outer: readonly PolicyKind[]
  readonly inner: PolicyKind
  readonly message: string
}

/** Pairs that are wrong when `inner` is anywhere inside `outer`. */
const WRONG: readonly Rule[] = [
  {
    code: 'fallback-inside',
    outer: ['coalesce', 'retry', 'hedge', 'bulkhead', 'circuit-breaker', 'timeout'],
    inner: 'fallback',
    message: 'what is around a fallback takes the substitute for a success: put the fallback outermost',
  },
  {
    code: 'coalesce-inside',
    outer: ['retry', 'hedge', 'bulkhead', 'circuit-breaker'],
    inner: 'coalesce',
    message: 'calls that share one work are counted, limited or repeated one by one: put coalesce further out',
  },
  {
    code: 'retry-inside-breaker',
    outer: ['circuit-breaker'],
    inner: 'retry',
    message: 'the breaker sees one outcome of several attempts, and an open circuit stops none: put retry around it',
  },
  {
    code: 'hedge-inside-breaker',
    outer: ['circuit-breaker'],
    inner: 'hedge',
    message: 'the breaker sees one outcome of two attempts, and one probe makes two calls: put hedge around it',
  },
  {
    code: 'bulkhead-inside-breaker',
    outer: ['circuit-breaker'],
    inner: 'bulkhead',
    message: 'waiting for room counts as time of the callee, and a probe may wait in line: put bulkhead around it',
  },
  {
    code: 'bulkhead-around-retry',
    outer: ['bulkhead'],
    inner: 'retry',
    message: 'a call keeps its place while it only waits for its next attempt: put bulkhead inside retry',
  },
]

/** Kinds that need a timeout inside when there is one only further out. */
const NEED_TIMEOUT: readonly Rule[] = [
  {
    code: 'breaker-without-timeout',
    outer: ['circuit-breaker'],
    inner: 'timeout',
    message: 'the breaker takes a timeout further out for an abort by its caller and never opens: put one inside',
  },
  {
    code: 'retry-without-timeout',
    outer: ['retry'],
    inner: 'timeout',
    message: 'an attempt that hangs uses up the time of all: put a timeout for each attempt inside',
  },
]

/**
 * Says which of `policies`, outermost first, are likely in the wrong order: in a test, or at start-up. What has been
 * composed is looked into. Policies of other makes are recognized by their `kind`, and otherwise passed over.
 */
export function checkOrder(...policies: readonly AnyPolicy[]): OrderWarning[] {
  const kinds = policies.flatMap((policy, index) => kindsOf(checkObject(`policies[${index}]`, policy, ['execute'])))
  const warnings: OrderWarning[] = []
  for (const [at, outer] of kinds.entries()) {
    const inside = new Set(kinds.slice(at + 1))
    const isTimed = kinds.includes('timeout') && !inside.has('timeout')
    const broken = [
      ...WRONG.filter((rule) => rule.outer.includes(outer) && inside.has(rule.inner)),
      ...NEED_TIMEOUT.filter((rule) => rule.outer.includes(outer) && isTimed),
    ]
    for (const { code, inner, message } of broken)
      if (!warnings.some((warning) => warning.code === code && warning.outer === outer))
        warnings.push({ code, outer, inner, message: `${outer}, ${inner}: ${message}` })
  }
  return warnings
}

function kindsOf(policy: AnyPolicy): PolicyKind[] {
  const { policies, kind, tryAcquire, forceOpen } = policy as {
    policies?: unknown
    kind?: unknown
    tryAcquire?: unknown
    forceOpen?: unknown
  }
  if (Array.isArray(policies)) return policies.flatMap((inner: AnyPolicy) => kindsOf(inner))
  // A circuit breaker is known by what it does.
  if (typeof tryAcquire === 'function' && typeof forceOpen === 'function') return ['circuit-breaker']
  return typeof kind === 'string' ? [kind as PolicyKind] : []
}
