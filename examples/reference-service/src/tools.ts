import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { TaskRunner } from './database/execute-task.ts'
import { TaskDatabase } from './database/task-database.ts'
import { Tracing } from './tracing/start.ts'

/** What all of a process works with: its tracing, and what does the tasks. */
export interface Tools {
  readonly tracing: Tracing
  readonly tasks: TaskRunner
  /** Gives everything back, and sends the spans that are left. */
  stop(): Promise<void>
}

/** Opens the database of the tasks, and starts tracing. */
export async function openTools(config: Config, log: Logger): Promise<Tools> {
  const tracing = new Tracing(config, log)
  const tasks = new TaskRunner(await TaskDatabase.from(config), config)
  return {
    tracing,
    tasks,
    stop: async () => {
      await tasks.database.close()
      await tracing.stop()
    },
  }
}
