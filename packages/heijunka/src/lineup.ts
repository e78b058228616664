import { Ring } from '@tps/internal'
import { Block } from './block.ts'
import type { Entry } from './entry.ts'
import { KeyGroup } from './key-groups.ts'
import { type Line, LineHeap } from './line-heap.ts'

/**
 * What may be handed out, the longest waiting first. Items without keys that came one by one lie in a ring; beside it is
 * a heap of the keys whose turn it is and of the blocks that came from elsewhere. Taking is O(1), and O(log) of the
 * latter where there are any.
 */
export class Lineup<T> {
  readonly ring: Ring<Entry<T>> = new Ring<Entry<T>>()
  readonly #lines = new LineHeap<T>()

  get isEmpty(): boolean {
    return this.ring.size === 0 && this.#lines.size === 0
  }

  /** Adds the newest, without a key. */
  push(entry: Entry<T>): void {
    this.ring.push(entry)
  }

  enter(line: Line<T>): void {
    this.#lines.add(line)
  }

  leave(line: Line<T>): void {
    this.#lines.remove(line)
  }

  /** The longest waiting, which stays. */
  front(): Entry<T> | undefined {
    const own = this.ring.peek()
    const line = this.#lines.first
    return line === undefined || (own !== undefined && own.order < line.order) ? own : line.front
  }

  /** Takes what `front` returns. */
  shift(): Entry<T> | undefined {
    if (this.#lines.size === 0) return this.ring.shift()
    const line = this.#lines.first as Line<T>
    const own = this.ring.peek()
    return own !== undefined && own.order < line.order ? this.ring.shift() : this.#lines.shift()
  }

  /** Takes an entry without a key out from where it is. Returns whether it was here. O(log entries) to find it. */
  remove(entry: Entry<T>): boolean {
    const place = placeOf(entry, this.ring)
    if (place >= 0) {
      this.ring.removeAt(place)
      return true
    }
    for (const block of this.blocks()) {
      const inside = placeOf(entry, block)
      if (inside < 0) continue
      this.leave(block)
      block.removeAt(inside)
      if (block.size > 0) this.enter(block)
      return true
    }
    return false
  }

  /** Takes up to `count` entries without keys, newest first as far as they came one by one; as a list, oldest first. */
  popMany(count: number): Entry<T>[] {
    if (this.ring.size > 0) return this.ring.popMany(count)
    const [block] = this.blocks()
    if (block === undefined) return []
    // What comes off its end leaves its front, and so its place in the heap, as it is.
    const entries = block.popMany(count)
    if (block.size === 0) this.leave(block)
    return entries
  }

  blocks(): Block<T>[] {
    return this.#lines.all.filter((line) => line instanceof Block)
  }

  /** The keys whose turn it is and of which nothing is started. */
  groups(): KeyGroup<T>[] {
    return this.#lines.all.filter((line) => line instanceof KeyGroup).filter(({ holder }) => holder === undefined)
  }

  /** When the longest waiting began to wait; `Infinity` when there is none. */
  oldestSinceMs(): number {
    return this.front()?.sinceMs ?? Number.POSITIVE_INFINITY
  }
}

/** Where an entry is among others that are ordered by age; -1 when it isn't among them. */
function placeOf<T>(
  entry: Entry<T>,
  among: { readonly size: number; at(index: number): Entry<T> | undefined },
): number {
  let low = 0
  let high = among.size
  while (low < high) {
    const middle = (low + high) >> 1
    if ((among.at(middle) as Entry<T>).order < entry.order) low = middle + 1
    else high = middle
  }
  return among.at(low) === entry ? low : -1
}
