import { Chain } from './chain.ts'
import type { Tenant } from './tenant.ts'

/**
 * Which tenant has most waiting. Sizes change by one, so those of the same size share a chain and the largest size moves
 * with them: O(1).
 */
export class Ranking<T> {
  readonly #bySize = new Map<number, Chain<Tenant<T>>>()
  #largest = 0

  /** Of those that have most, the one that has had that many for longest. There must be one. */
  get fattest(): Tenant<T> {
    return this.#bySize.get(this.#largest)?.first as Tenant<T>
  }

  /** The size of this one has just become what it is: it was one more or one less. */
  changed(tenant: Tenant<T>): void {
    const former = tenant.rank.chain
    const { size } = tenant
    if (former) this.#leave(tenant, former)
    if (size > 0) this.#join(tenant, size)
    if (size > this.#largest) this.#largest = size
    else if (!this.#bySize.has(this.#largest)) this.#largest--
  }

  #join(tenant: Tenant<T>, size: number): void {
    let chain = this.#bySize.get(size)
    if (!chain) this.#bySize.set(size, (chain = new Chain()))
    chain.append(tenant.rank)
  }

  /** It was there with one less or one more than now. */
  #leave(tenant: Tenant<T>, chain: Chain<Tenant<T>>): void {
    chain.remove(tenant.rank)
    if (chain.size > 0) return
    const former = this.#bySize.get(tenant.size + 1) === chain ? tenant.size + 1 : tenant.size - 1
    this.#bySize.delete(former)
  }
}
