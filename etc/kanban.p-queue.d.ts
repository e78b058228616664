/** What p-queue hands to its queue to keep. */
type Task = () => Promise<unknown>;

/** What p-queue's `add()` passes on with a task. */
interface LaneTaskOptions {
    /** Tasks of a higher priority come out first. Any number but NaN; `Infinity` and `-Infinity` too. Default 0. */
    readonly priority?: number | undefined;
    /** Finds the task again in `setPriority` and `remove`. p-queue gives a number as text where its user gives none. */
    readonly id?: string | undefined;
    /** Says which one is meant when p-queue removes by an id that several tasks have. */
    readonly signal?: AbortSignal | undefined;
}
/**
 * A `queueClass` for p-queue: a lane for each priority, first in, first out within it. It keeps the promises of p-queue's
 * own `PriorityQueue`, which inserts into a sorted array.
 *
 * `enqueue` and `dequeue` are O(1) while at most 32 different priorities wait, and O(log priorities) beyond. `setPriority`
 * and `remove` by id are O(1) too: the first one since the queue was last empty looks at every task, the later ones find
 * theirs by an index. Empty lanes beyond 32 are given back.
 */
declare class PriorityLaneQueue {
    #private;
    /** How many tasks wait. */
    get size(): number;
    /** @throws TypeError for a priority that is NaN or no number. */
    enqueue(run: Task, options?: LaneTaskOptions): void;
    /** Takes out the oldest task of the highest priority; `undefined` when there is none. */
    dequeue(): Task | undefined;
    /** The waiting tasks of this priority, oldest first; none where `options` names no priority. O(tasks found). */
    filter(options: Readonly<Partial<LaneTaskOptions>>): Task[];
    /**
     * Moves the task with this id behind those of `priority`; where it has that priority, it keeps its place. Of several
     * with the same id it is the one that would come out first.
     *
     * @throws ReferenceError when no task with this id waits.
     */
    setPriority(id: string, priority: number): void;
    /**
     * Takes out the task with this id, or this very task (O(tasks)); does nothing when it does not wait. Of several with the
     * same id it is one whose signal has aborted, where there is one, because p-queue removes by id when a signal aborts;
     * then the one that would come out first.
     */
    remove(idOrRun: string | Task): void;
}

export { PriorityLaneQueue };
export type { LaneTaskOptions, Task };
