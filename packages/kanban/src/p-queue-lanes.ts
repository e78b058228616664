import { TaskIds } from './p-queue-ids.ts'
import { LaneHeap, type Task, TaskLane, type WaitingTask } from './p-queue-lane.ts'

/** How many lanes are kept for the next task of their priority when they have none. */
const KEPT_LANES = 32

/** What p-queue's `add()` passes on with a task. */
export interface LaneTaskOptions {
  /** Tasks of a higher priority come out first. Any number but NaN; `Infinity` and `-Infinity` too. Default 0. */
  readonly priority?: number | undefined
  /** Finds the task again in `setPriority` and `remove`. p-queue gives a number as text where its user gives none. */
  readonly id?: string | undefined
  /** Says which one is meant when p-queue removes by an id that several tasks have. */
  readonly signal?: AbortSignal | undefined
}

/**
 * A `queueClass` for p-queue: a lane for each priority, first in, first out within it. It keeps the promises of p-queue's
 * own `PriorityQueue`, which inserts into a sorted array.
 *
 * `enqueue` and `dequeue` are O(1) while at most 32 different priorities wait, and O(log priorities) beyond. `setPriority`
 * and `remove` by id are O(1) too: the first one since the queue was last empty looks at every task, the later ones find
 * theirs by an index. Empty lanes beyond 32 are given back.
 */
export class PriorityLaneQueue {
  /** All lanes with tasks, and a few without. */
  readonly #lanes = new Map<number, TaskLane>()
  /** The lanes with tasks. */
  readonly #waiting = new LaneHeap()
  /** Made when a task is first looked for by its id: most queues never do. */
  #ids: TaskIds | undefined
  #size = 0
  #order = 0

  /** How many tasks wait. */
  get size(): number {
    return this.#size
  }

  /** @throws TypeError for a priority that is NaN or no number. */
  enqueue(run: Task, options?: LaneTaskOptions): void {
    const lane = this.#laneOf(options?.priority ?? 0)
    const task: WaitingTask = {
      run,
      id: options?.id,
      signal: options?.signal,
      order: 0,
      lane,
      previous: undefined,
      next: undefined,
    }
    this.#put(task, lane)
    this.#ids?.add(task)
    this.#size++
  }

  /** Takes out the oldest task of the highest priority; `undefined` when there is none. */
  dequeue(): Task | undefined {
    const task = this.#waiting.top?.first
    if (task) this.#delete(task)
    return task?.run
  }

  /** The waiting tasks of this priority, oldest first; none where `options` names no priority. O(tasks found). */
  filter(options: Readonly<Partial<LaneTaskOptions>>): Task[] {
    const lane = options.priority === undefined ? undefined : this.#lanes.get(options.priority)
    return lane ? Array.from(lane, ({ run }) => run) : []
  }

  /**
   * Moves the task with this id behind those of `priority`; where it has that priority, it keeps its place. Of several
   * with the same id it is the one that would come out first.
   *
   * @throws ReferenceError when no task with this id waits.
   */
  setPriority(id: string, priority: number): void {
    const task = this.#index().first(id, comesBefore)
    if (!task) throw new ReferenceError(`No promise function with the id "${id}" exists in the queue.`)
    const lane = this.#laneOf(priority)
    if (lane === task.lane) return
    this.#take(task)
    this.#put(task, lane)
  }

  /**
   * Takes out the task with this id, or this very task (O(tasks)); does nothing when it does not wait. Of several with the
   * same id it is one whose signal has aborted, where there is one, because p-queue removes by id when a signal aborts;
   * then the one that would come out first.
   */
  remove(idOrRun: string | Task): void {
    const task = typeof idOrRun === 'string' ? this.#index().first(idOrRun, isMeantBefore) : this.#find(idOrRun)
    if (task) this.#delete(task)
  }

  #laneOf(priority: number): TaskLane {
    let lane = this.#lanes.get(priority)
    if (lane) return lane
    if (typeof priority !== 'number' || Number.isNaN(priority))
      throw new TypeError(`priority must be a number, got ${String(priority)}`)
    lane = new TaskLane(priority)
    this.#lanes.set(priority, lane)
    return lane
  }

  #put(task: WaitingTask, lane: TaskLane): void {
    task.order = ++this.#order
    if (!lane.first) this.#waiting.add(lane)
    lane.push(task)
  }

  /** Out of its lane; an emptied lane leaves the heap. */
  #take(task: WaitingTask): void {
    const { lane } = task
    lane.remove(task)
    if (lane.first) return
    this.#waiting.remove(lane)
    if (this.#lanes.size > KEPT_LANES) this.#lanes.delete(lane.priority)
  }

  #delete(task: WaitingTask): void {
    this.#take(task)
    this.#size--
    // The index pays for itself by the tasks that came in since the queue was empty.
    if (this.#size === 0) this.#ids = undefined
    else this.#ids?.delete(task)
  }

  #index(): TaskIds {
    if (this.#ids) return this.#ids
    const ids = new TaskIds()
    for (const lane of this.#waiting) for (const task of lane) ids.add(task)
    if (this.#size > 0) this.#ids = ids
    return ids
  }

  #find(run: Task): WaitingTask | undefined {
    let found: WaitingTask | undefined
    for (const lane of this.#waiting) {
      for (const task of lane) if (task.run === run && (!found || comesBefore(task, found))) found = task
    }
    return found
  }
}

function comesBefore(a: WaitingTask, b: WaitingTask): boolean {
  return a.lane === b.lane ? a.order < b.order : a.lane.priority > b.lane.priority
}

function isMeantBefore(a: WaitingTask, b: WaitingTask): boolean {
  const aborted = a.signal?.aborted === true
  return aborted === (b.signal?.aborted === true) ? comesBefore(a, b) : aborted
}
