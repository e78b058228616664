import { setTimeout as wait } from 'node:timers/promises'
import type { Backend } from '../backend.ts'
import type { Base } from '../service.ts'
import type { ExecuteTask } from '../line/work.ts'
import { EmbeddedBackend } from './embedded.ts'

/** What is behind the API, by the configuration. */
export async function openBackend({ config, settings, ledger, register, log }: Base): Promise<Backend> {
  return await EmbeddedBackend.open({ config, settings, ledger, register, executeTask: waitFor, log })
}

/** What the two kinds of task of lab 6 cost beside `task_ms`. */
const TYPE_MS = { quick: 0, slow: 90 }

/** A task takes as long as configuration and payload say. */
const waitFor: ExecuteTask = async (task, { payload, signal, settings }) => {
  const costMs = payload.latency_ms ?? settings.task_ms + (payload.type ? TYPE_MS[payload.type] : 0)
  if (costMs > 0) await wait(costMs, undefined, { signal })
  return { task: task ?? null }
}
