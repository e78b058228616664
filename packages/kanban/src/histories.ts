import type { Clock } from '@tps/internal'
import type { PoolLease } from './run.ts'

/** How many errors of an item are kept. */
const KEPT_ERRORS = 10

/** What an item's attempts came to. */
export interface History {
  /** The last one last. */
  readonly errors: readonly unknown[]
  /** How long ago the first of them failed, in ms. */
  readonly ageMs: number
}

interface Chain {
  readonly firstAtMs: number
  readonly errors: unknown[]
  attempt: number
}

/**
 * What items' failed attempts came to, forgotten with the item. A lease in memory stays the same object from attempt to
 * attempt; where a source makes new ones, the attempts of an item that is an object are known by the item.
 */
export class Histories {
  readonly #clock: Clock
  readonly #chains = new WeakMap<object, Chain>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(lease: PoolLease<unknown>, attempt: number, error: unknown): History {
    const nowMs = this.#clock.now()
    const known = this.#chains.get(lease) ?? this.#ofItem(lease.item, attempt)
    const chain = known ?? { firstAtMs: nowMs, errors: [], attempt }
    chain.errors.push(error)
    if (chain.errors.length > KEPT_ERRORS) chain.errors.shift()
    chain.attempt = attempt
    this.#chains.set(lease, chain)
    if (isObject(lease.item)) this.#chains.set(lease.item, chain)
    return { errors: chain.errors, ageMs: nowMs - chain.firstAtMs }
  }

  /** The same object may be offered twice: only what follows an earlier attempt belongs to it. */
  #ofItem(item: unknown, attempt: number): Chain | undefined {
    const chain = isObject(item) ? this.#chains.get(item) : undefined
    return chain && chain.attempt < attempt ? chain : undefined
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
