import { trace } from '@opentelemetry/api'
import { traceMixin } from '@tps/andon/logging'
import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'

/**
 * How many bytes of lines are gathered before they are written, how many at the most at once, and for how long. No more at
 * once, because for each line all that is gathered is measured again.
 */
const GATHERED = { minLength: 4_096, maxWrite: 8_192, ms: 10 }

/**
 * The log: one line of JSON each, on standard output. Lines are gathered for a moment and written together: under load a
 * system call each would cost more than the work that they tell of. Nothing is lost when the process ends by itself.
 */
export function createLog({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>): Logger {
  const { ms, ...limits } = GATHERED
  const destination = pino.destination({ dest: 1, sync: false, ...limits })
  setInterval(() => destination.flush(), ms).unref()
  return pino({ level: LOG_LEVEL, mixin: traceMixin(trace) }, destination)
}
