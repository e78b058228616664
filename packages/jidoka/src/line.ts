/** One place in a `Line`. */
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
export class Line<T> {
  #first: Place<T> | undefined
  #last: Place<T> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Goes to the end of the line. */
  join(value: T): Place<T> {
    const place = new Place(value)
    place.previous = this.#last
    if (this.#last) this.#last.next = place
    else this.#first = place
    this.#last = place
    this.#size++
    return place
  }

  /** Gives a place up. Only for one that is still in the line. */
  leave(place: Place<T>): void {
    if (place.previous) place.previous.next = place.next
    else this.#first = place.next
    if (place.next) place.next.previous = place.previous
    else this.#last = place.previous
    this.#size--
  }

  /** Whose turn it is, who leaves with that; `undefined` when nobody waits. */
  next(): T | undefined {
    const place = this.#first
    if (place) this.leave(place)
    return place?.value
  }
}
