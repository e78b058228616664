/** What is known of a set of values apart from their buckets. */
export class Tally {
  /** Valid values, zeros and collapsed ones among them. */
  count = 0
  zeros = 0
  /** Values refused. They are in no other figure. */
  invalid = 0
  /** Values whose bucket was given up at the bound. */
  collapsed = 0
  sum = 0
  min: number = Number.POSITIVE_INFINITY
  max: number = Number.NEGATIVE_INFINITY

  add(other: Tally): void {
    this.count += other.count
    this.zeros += other.zeros
    this.invalid += other.invalid
    this.collapsed += other.collapsed
    this.sum += other.sum
    this.widen(other.min, other.max)
  }

  widen(min: number, max: number): void {
    if (min < this.min) this.min = min
    if (max > this.max) this.max = max
  }
}
