import type { WaitingTask } from './p-queue-lane.ts'

/** Finds waiting tasks by their ids. Ids need not be unique: O(1), and O(n) among n that wait with the same id. */
export class TaskIds {
  readonly #tasks = new Map<string, WaitingTask | Set<WaitingTask>>()

  add(task: WaitingTask): void {
    if (task.id === undefined) return
    const found = this.#tasks.get(task.id)
    if (found === undefined) this.#tasks.set(task.id, task)
    else if (found instanceof Set) found.add(task)
    else this.#tasks.set(task.id, new Set([found, task]))
  }

  delete(task: WaitingTask): void {
    if (task.id === undefined) return
    const found = this.#tasks.get(task.id)
    if (!(found instanceof Set)) this.#tasks.delete(task.id)
    else if (found.delete(task) && found.size === 0) this.#tasks.delete(task.id)
  }

  /** Of those with this id the one that `isBefore` puts first. */
  first(id: string, isBefore: (a: WaitingTask, b: WaitingTask) => boolean): WaitingTask | undefined {
    const found = this.#tasks.get(id)
    if (!(found instanceof Set)) return found
    let first: WaitingTask | undefined
    for (const task of found) if (!first || isBefore(task, first)) first = task
    return first
  }
}
