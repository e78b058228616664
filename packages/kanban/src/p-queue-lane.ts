/** What p-queue hands to its queue to keep. */
export type Task = () => Promise<unknown>

/** A task that waits, linked to its neighbours in the lane. */
export interface WaitingTask {
  readonly run: Task
  readonly id: string | undefined
  readonly signal: AbortSignal | undefined
  /** Counts up: the smaller of two in a lane came first. */
  order: number
  lane: TaskLane
  previous: WaitingTask | undefined
  next: WaitingTask | undefined
}

/** The waiting tasks of one priority, first come first. Everything is O(1). */
export class TaskLane {
  readonly priority: number
  /** Its place in the heap; -1 when it is not there. */
  heapIndex = -1
  first: WaitingTask | undefined
  #last: WaitingTask | undefined

  constructor(priority: number) {
    this.priority = priority
  }

  /** Adds at the end. */
  push(task: WaitingTask): void {
    task.lane = this
    task.next = undefined
    task.previous = this.#last
    if (this.#last) this.#last.next = task
    else this.first = task
    this.#last = task
  }

  /** Takes out one that is in here. */
  remove({ previous, next }: WaitingTask): void {
    if (previous) previous.next = next
    else this.first = next
    if (next) next.previous = previous
    else this.#last = previous
  }

  *[Symbol.iterator](): Generator<WaitingTask, void, undefined> {
    for (let task = this.first; task; task = task.next) yield task
  }
}

/**
 * The lanes that have tasks, the highest priority on top. Reading the top is O(1); adding and removing a lane is
 * O(log lanes), and at most five steps with 32.
 */
export class LaneHeap {
  readonly #lanes: TaskLane[] = []

  get top(): TaskLane | undefined {
    return this.#lanes[0]
  }

  add(lane: TaskLane): void {
    this.#lanes.push(lane)
    this.#rise(lane, this.#lanes.length - 1)
  }

  /** Takes out one that is in here. */
  remove(lane: TaskLane): void {
    const last = this.#lanes.pop() as TaskLane
    const index = lane.heapIndex
    lane.heapIndex = -1
    if (last === lane) return
    this.#rise(last, index)
    this.#sink(last, last.heapIndex)
  }

  [Symbol.iterator](): IterableIterator<TaskLane> {
    return this.#lanes.values()
  }

  #rise(lane: TaskLane, from: number): void {
    let index = from
    while (index > 0) {
      const above = this.#lanes[(index - 1) >> 1] as TaskLane
      if (above.priority >= lane.priority) break
      this.#place(above, index)
      index = (index - 1) >> 1
    }
    this.#place(lane, index)
  }

  #sink(lane: TaskLane, from: number): void {
    let index = from
    for (let next = this.#higherChild(index); next; next = this.#higherChild(index)) {
      if (next.priority <= lane.priority) break
      const at = next.heapIndex
      this.#place(next, index)
      index = at
    }
    this.#place(lane, index)
  }

  #higherChild(index: number): TaskLane | undefined {
    const left = this.#lanes[2 * index + 1]
    const right = this.#lanes[2 * index + 2]
    return right && left && right.priority > left.priority ? right : left
  }

  #place(lane: TaskLane, index: number): void {
    this.#lanes[index] = lane
    lane.heapIndex = index
  }
}
