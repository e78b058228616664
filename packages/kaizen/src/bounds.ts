/**
 * Refuses bounds that don't ascend from 0 or more, and an array without room for their counts. Not by `checkNumber`: it is
 * done at each scrape, and infinity is a bound like others.
 * @throws {TypeError | RangeError}
 */
export function checkBounds(bounds: readonly number[], into: Float64Array): void {
  let previous = Number.NEGATIVE_INFINITY
  for (let index = 0; index < bounds.length; index++) {
    const bound: unknown = bounds[index]
    if (typeof bound !== 'number') throw new TypeError(`bounds must be numbers, got ${typeof bound}`)
    if (!(bound >= 0 && bound > previous)) throw new RangeError(`bounds must ascend from 0 or more, got ${bound}`)
    previous = bound
  }
  if (!(into instanceof Float64Array)) throw new TypeError(`into must be a Float64Array, got ${typeof into}`)
  if (into.length < bounds.length)
    throw new RangeError(`into must have room for ${bounds.length} counts, got ${into.length}`)
}
