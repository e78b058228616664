import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { TaskRunner } from './database/execute-task.ts'
import { TaskDatabase } from './database/task-database.ts'
import { Tracing } from './tracing/start.ts'

/** What all of a process works with: its tracing, and what does the tasks. */
export interface Tools {
  readonly tracing: Tracing
  /** None in a process without workers, unless it can reach the same database as they do. */
  readonly tasks: TaskRunner | undefined
  /** Gives everything back, and sends the spans that are left. */
  stop(): Promise<void>
}

/** Opens the database of the tasks, and starts tracing. */
export async function openTools(config: Config, log: Logger): Promise<Tools> {
  const tracing = await Tracing.start(config, log)
  const isShared = config.DATABASE_URL !== undefined || config.DATABASE_FILE !== undefined
  const isNeeded = config.TPS_ROLE !== 'api' || isShared
  const tasks = isNeeded ? new TaskRunner(await TaskDatabase.from(config), config) : undefined
  return {
    tracing,
    tasks,
    stop: async () => {
      await tasks?.database.close()
      await tracing.stop()
    },
  }
}
