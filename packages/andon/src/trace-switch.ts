import {
  type Context,
  ProxyTracerProvider,
  type Span,
  type SpanOptions,
  type Tracer,
  diag,
  isSpanContextValid,
  trace,
} from '@opentelemetry/api'

/** What a proxy that no SDK stands behind delegates to: the same object for all proxies of one copy of the API. */
const NO_SDK = new ProxyTracerProvider().getDelegate()

/** A tracer, and whether anything would come of asking it. */
export class TraceSwitch {
  readonly #tracer: Tracer
  readonly #isOwn: boolean

  /** Without `tracer`: that of the global provider, which may be registered later. */
  constructor(tracer: Tracer | undefined) {
    this.#tracer = tracer ?? trace.getTracer('@tps/andon')
    this.#isOwn = tracer !== undefined
  }

  /**
   * Whether there is an SDK. The API has no `Tracer.isEnabled`; a span begun and thrown away would tell, but costs more than
   * the rest, and is lost once an SDK is there. Of another copy of the API it says yes, and the spans that come are idle.
   */
  get isOn(): boolean {
    if (this.#isOwn) return true
    const provider = trace.getTracerProvider()
    return !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== NO_SDK
  }

  /** Begins a span. `undefined` for one that neither records nor has a trace to carry on. Never throws. */
  begin(name: string, options: SpanOptions, parent: Context): Span | undefined {
    try {
      const span = this.#tracer.startSpan(name, options, parent)
      return span.isRecording() || isSpanContextValid(span.spanContext()) ? span : undefined
    } catch (error) {
      complain(error)
      return undefined
    }
  }
}

/** Does what must not change an outcome: processors and exporters are the user's. What it throws goes to `diag`. */
export function quietly(action: () => void): void {
  try {
    action()
  } catch (error) {
    complain(error)
  }
}

function complain(error: unknown): void {
  try {
    diag.error('@tps/andon/tracing:', error)
  } catch {
    // Then nobody wants to know.
  }
}
