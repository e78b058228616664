import type { Logger } from 'pino'
import type { SignalTrace } from './signal-trace.ts'

/**
 * Logs that a signal has passed a station. One whose trace is recorded can be followed in the log as in its trace, up to
 * LOG_PER_SECOND of them; the others, which may be very many, only with `isVerbose`, that is LOG_LEVEL=debug.
 */
export function noteStation(
  log: Pick<Logger, 'debug' | 'info'>,
  isVerbose: boolean,
  trace: SignalTrace | undefined,
  fields: { readonly component: string; readonly signal_id?: string },
  message: string,
): void {
  if (trace?.isLogged) log.info({ trace_id: trace.traceId, ...fields }, message)
  else if (isVerbose) log.debug({ trace_id: trace?.traceId, ...fields }, message)
}
