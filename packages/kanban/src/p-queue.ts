export { PriorityLaneQueue } from './p-queue-lanes.ts'
export type { Task } from './p-queue-lane.ts'
export type { LaneTaskOptions } from './p-queue-lanes.ts'
