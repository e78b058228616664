import { setTimeout as wait } from 'node:timers/promises'
import type { ExecuteTask } from '../line/work.ts'

/** What the two kinds of task of lab 6 cost beside `task_ms`. */
const TYPE_MS = { quick: 0, slow: 90 }

/** A task takes as long as configuration and payload say. */
export const waitFor: ExecuteTask = async (task, { payload, signal, settings }) => {
  const costMs = payload.latency_ms ?? settings.task_ms + (payload.type ? TYPE_MS[payload.type] : 0)
  if (costMs > 0) await wait(costMs, undefined, { signal })
  return { task: task ?? null }
}
