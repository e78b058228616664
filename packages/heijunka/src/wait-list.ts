/** One place in a `WaitList`. */
export class Place<T> {
  readonly value: T
  /** @internal */
  previous: Place<T> | undefined
  /** @internal */
  next: Place<T> | undefined

  constructor(value: T) {
    this.value = value
  }
}

/** Those who wait, first come first served. Whoever gives up leaves from any place in O(1), and nothing stays behind. */
export class WaitList<T> {
  #first: Place<T> | undefined
  #last: Place<T> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Whose turn is next; `undefined` when nobody waits. */
  get first(): Place<T> | undefined {
    return this.#first
  }

  /** Goes to the end. */
  join(value: T): Place<T> {
    const place = new Place(value)
    place.previous = this.#last
    if (this.#last) this.#last.next = place
    else this.#first = place
    this.#last = place
    this.#size++
    return place
  }

  /** Gives a place up. Only for one that is still in the list. */
  leave(place: Place<T>): void {
    if (place.previous) place.previous.next = place.next
    else this.#first = place.next
    if (place.next) place.next.previous = place.previous
    else this.#last = place.previous
    this.#size--
  }
}
