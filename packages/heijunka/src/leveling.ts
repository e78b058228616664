import { Finishing } from './finishing.ts'
import type { Lane } from './lane.ts'
import { type LevelingTask, STEP, type Target, isLevel, leastBusy, targetOf } from './leveling-task.ts'
import type { Mover } from './mover.ts'
import { Pouring } from './pouring.ts'

/**
 * Moves what waits from the busiest lanes to the least busy until the imbalance is at most `threshold`, or no item is
 * left whose move would help: one that is lighter than the difference between its lane and the least busy. First in
 * bulk, towards the level that the movable load reaches when it is poured over what can't move. Where items differ, the
 * rest follows one by one. Every move leaves both lanes between where they were, so that it never makes the imbalance
 * worse and comes to an end.
 *
 * It goes by steps, each of which yields what it cost: how many items and lanes it looked at. Between two steps the lanes
 * are whole and may be used. What comes and goes meanwhile may keep it from its goal but not from its end.
 */
export function* level<T>(task: LevelingTask<T>, mover: Mover<T>): Generator<number, void, undefined> {
  const { lanes, isUniform } = task
  const donors = lanes.toSorted((a, b) => b.load - a.load)
  const target = targetOf(task)
  yield lanes.length
  if (isUniform) yield* pourCounts(donors, target, mover)
  else {
    yield* pour(donors, target, mover)
    yield* new Finishing(task, mover).steps()
  }
}

function* pour<T>(donors: readonly Lane<T>[], target: Target, mover: Mover<T>): Generator<number, void, undefined> {
  for (const from of donors) {
    if (from.load <= target.level || isLevel(from, leastBusy(donors), target)) return
    yield donors.length
    yield* new Pouring(from, donors, target, mover).steps()
  }
}

/**
 * Moves as many items, of weight 1 each, as the plan says. O(items moved + lanes), without looking at any item.
 */
function* pourCounts<T>(
  lanes: readonly Lane<T>[],
  target: Target,
  mover: Mover<T>,
): Generator<number, void, undefined> {
  const { gives, gets } = planCounts(lanes, target)
  let [give, get] = [0, lanes.length - 1]
  while (give < get) {
    const [from, to] = [lanes[give] as Lane<T>, lanes[get] as Lane<T>]
    const [surplus, lack] = [gives[give] as number, gets[get] as number]
    // Loads may have changed since the plan was made; beyond half the difference a move would do harm.
    const count = Math.min(surplus, lack, Math.floor((from.load - to.load) / 2), STEP)
    const moved = count > 0 ? mover.moveNewest(from, to, count) : 0
    gives[give] = surplus - moved
    gets[get] = lack - moved
    if (moved === lack) get--
    if (moved === surplus || (moved === 0 && lack > 0)) give++
    yield Math.max(1, moved)
  }
}

/**
 * How many items each lane should give and get, for lanes of which the busiest come first. Brought to the level they
 * have whole numbers around it, and those that had most keep the one that is left over. Of that way, it goes as far as it
 * takes for all to be within the band.
 */
function planCounts<T>(lanes: readonly Lane<T>[], { level, band }: Target): { gives: number[]; gets: number[] } {
  const floor = Math.floor(level)
  const isPinned = ({ runningWeight }: Lane<T>): boolean => runningWeight > floor
  let spare = Math.round(lanes.filter((lane) => !isPinned(lane)).length * (level - floor))
  const above = lanes.map((lane) => lane.load - (isPinned(lane) ? lane.runningWeight : spare-- > 0 ? floor + 1 : floor))
  const surplus = above.map((count) => Math.max(0, count))
  const lack = above.map((count) => Math.max(0, -count))
  const gives = lanes.map(({ load }, index) => within(load - level - band, surplus[index] as number))
  const gets = lanes.map(({ load }, index) => within(level - band - load, lack[index] as number))
  const total = Math.max(sum(gives), sum(gets))
  // More comes from the busiest, and goes to the least busy.
  const busiest = lanes.map((_, index) => index)
  raise(gives, surplus, total, busiest)
  raise(gets, lack, total, busiest.toReversed())
  return { gives, gets }
}

/** The next whole number, from 0 to `most`. */
function within(count: number, most: number): number {
  return Math.max(0, Math.min(Math.ceil(count), most))
}

/** Raises counts, in this order, to the most they may be, until they come to `total`. */
function raise(counts: number[], most: readonly number[], total: number, order: readonly number[]): void {
  let missing = total - sum(counts)
  for (const index of order) {
    const more = Math.min(missing, (most[index] as number) - (counts[index] as number))
    counts[index] = (counts[index] as number) + more
    missing -= more
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
