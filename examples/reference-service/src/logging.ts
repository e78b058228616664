import { trace } from '@opentelemetry/api'
import { traceMixin } from '@tps/andon/logging'
import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'

/**
 * The log: one line of JSON each, on standard output. Lines that come while one is being written are written together: under
 * load a system call each would cost more than the work that they tell of. Nothing is lost when the process ends.
 */
export function createLog({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>): Logger {
  return pino({ level: LOG_LEVEL, mixin: traceMixin(trace) }, pino.destination({ dest: 1, sync: false }))
}
