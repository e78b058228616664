// Log lines that bear the trace, the signal and the component. The same with pino: bindLogger(pino(), …).
// #region readme
import { bindLogger, loadTrace, traceMixin } from '@tps/andon/logging'

const log = bindLogger(console, { traceId: '4bf92f35', signalId: 'sig-1', component: 'worker' })
log.info({ duration_ms: 12 }, 'completed') // completed { trace_id: '4bf92f35', signal_id: 'sig-1', component: …, duration_ms: 12 }

const trace = await loadTrace() // that of @opentelemetry/api, where it is installed
const mixin = trace && traceMixin(trace) // for pino({ mixin }): adds trace_id and span_id of the active span to each line
// #endregion

if (mixin && Object.keys(mixin()).length > 0) throw new Error('no span is active')
