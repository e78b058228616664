import { Block } from './block.ts'
import type { Entry } from './entry.ts'
import type { KeyGroup } from './key-groups.ts'
import type { Lane } from './lane.ts'
import { Tally } from './tally.ts'

/** Moves what waits from lane to lane, each time wholly, and counts it. */
export class Mover<T> {
  readonly tally: Tally = new Tally()

  /** Moves up to `count` items of weight 1, the newest, as a block. Returns how many those were. O(items moved). */
  moveNewest(from: Lane<T>, to: Lane<T>, count: number): number {
    const entries = from.lineup.popMany(count)
    if (entries.length === 0) return 0
    from.lose(entries.length, entries.length)
    to.gain(entries.length, entries.length)
    this.arrive(entries, from, to)
    return entries.length
  }

  /** Entries that have left their lane and are counted by the other one, oldest first, come to stand in that. */
  arrive(entries: Entry<T>[], from: Lane<T>, to: Lane<T>): void {
    to.lineup.enter(new Block(entries))
    this.tally.add(from.index, to.index, entries.length)
  }

  /** Moves an item without a key. Returns whether it was there to be moved. */
  moveEntry(entry: Entry<T>, from: Lane<T>, to: Lane<T>): boolean {
    if (entry.isLeased || !from.lineup.remove(entry)) return false
    from.lose(1, entry.weight)
    to.gain(1, entry.weight)
    this.arrive([entry], from, to)
    return true
  }

  /** Moves all that waits of a key. Returns whether it was there, with nothing of it started. */
  moveGroup(group: KeyGroup<T>, from: Lane<T>, to: Lane<T>): boolean {
    if (group.lane !== from || group.holder !== undefined || group.place < 0) return false
    this.tally.add(from.index, to.index, group.waiting)
    to.adopt(group, from)
    return true
  }
}
