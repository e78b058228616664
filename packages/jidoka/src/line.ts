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
    this.#append(place)
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

  /** The place at the front; `undefined` when nobody waits. */
  get first(): Place<T> | undefined {
    return this.#first
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let place = this.#first; place; place = place.next) yield place.value
  }

  /** Goes from its place to the end of the line, and keeps the same place. */
  rejoin(place: Place<T>): void {
    if (place === this.#last) return
    this.leave(place)
    this.#append(place)
  }

  /** Whose turn it is, who leaves with that; `undefined` when nobody waits. */
  next(): T | undefined {
    const place = this.#first
    if (place) this.leave(place)
    return place?.value
  }

  #append(place: Place<T>): void {
    place.previous = this.#last
    place.next = undefined
    if (this.#last) this.#last.next = place
    else this.#first = place
    this.#last = place
    this.#size++
  }
}
