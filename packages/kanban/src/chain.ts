/** A place in a chain. */
export class Link<V> {
  readonly value: V
  /** The chain it is in. */
  chain: Chain<V> | undefined
  before: Link<V> | undefined
  after: Link<V> | undefined

  constructor(value: V) {
    this.value = value
    this.chain = undefined
    this.before = undefined
    this.after = undefined
  }
}

/** A doubly linked list whose links are held by those who may have to leave from the middle. Everything is O(1). */
export class Chain<V> {
  #first: Link<V> | undefined
  #last: Link<V> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  get first(): V | undefined {
    return this.#first?.value
  }

  get last(): V | undefined {
    return this.#last?.value
  }

  append(link: Link<V>): void {
    this.insertBefore(link, undefined)
  }

  /** In front of `next`, which is in this chain; at the end without one. */
  insertBefore(link: Link<V>, next: Link<V> | undefined): void {
    const before = next ? next.before : this.#last
    link.chain = this
    link.before = before
    link.after = next
    if (before) before.after = link
    else this.#first = link
    if (next) next.before = link
    else this.#last = link
    this.#size++
  }

  /** Does nothing when it is not in here. */
  remove(link: Link<V>): void {
    if (link.chain !== this) return
    if (link.before) link.before.after = link.after
    else this.#first = link.after
    if (link.after) link.after.before = link.before
    else this.#last = link.before
    link.chain = link.before = link.after = undefined
    this.#size--
  }

  *[Symbol.iterator](): Generator<V, void, undefined> {
    for (let link = this.#first; link; link = link.after) yield link.value
  }
}
