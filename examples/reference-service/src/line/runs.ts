import type { HandlerContext } from '@tps/kanban'
import type { Signal } from '../signal.ts'

/** What a pool gives with the signal. */
export type RunContext = Pick<HandlerContext, 'signal' | 'worker' | 'attempt'>

/** The worker has died in the middle of its work. */
export class WorkerCrashError extends Error {
  override readonly name = 'WorkerCrashError'
  readonly code = 'ERR_WORKER_CRASHED'
}

/** The signal's own `timeout_ms` is over. */
export class SignalTimeoutError extends Error {
  override readonly name = 'SignalTimeoutError'
  readonly code = 'ERR_SIGNAL_TIMEOUT'
}

/** One attempt of a worker at a signal: what can cut it short. */
export class Run {
  readonly #home: Map<number, Run>
  readonly #context: RunContext
  /** When the signal's time is up, in monotonic ms. */
  readonly #endMs: number
  #abort: AbortController | undefined
  #timer: NodeJS.Timeout | undefined
  #crash: WorkerCrashError | undefined
  #hasTimedOut = false

  constructor(home: Map<number, Run>, { request: { timeout_ms }, receivedMs }: Signal, context: RunContext) {
    this.#home = home
    this.#context = context
    this.#endMs = timeout_ms === undefined ? Infinity : receivedMs + timeout_ms
    home.set(context.worker, this)
  }

  /**
   * Aborts when the worker dies, when the signal's time is up, or when the pool stops. Made when it is first asked for: much
   * work needs none.
   */
  get signal(): AbortSignal {
    if (this.#abort) return this.#abort.signal
    const abort = new AbortController()
    this.#abort = abort
    const outer = this.#context.signal
    if (outer.aborted) abort.abort(outer.reason)
    else outer.addEventListener('abort', () => abort.abort(outer.reason), { once: true })
    if (this.#crash) abort.abort(this.#crash)
    if (this.#endMs !== Infinity) {
      const restMs = Math.max(0, Math.ceil(this.#endMs - performance.now()))
      this.#timer = setTimeout(() => {
        this.#hasTimedOut = true
        abort.abort(new SignalTimeoutError('the time of the signal is over'))
      }, restMs).unref()
    }
    return abort.signal
  }

  get hasCrashed(): boolean {
    return this.#crash !== undefined
  }

  /** Whether the signal's own time is up. */
  get isOverdue(): boolean {
    // A timer may fire a little early.
    return this.#hasTimedOut || performance.now() >= this.#endMs
  }

  throwIfOver(): void {
    if (this.isOverdue) throw new SignalTimeoutError('the time of the signal is over')
  }

  crash(): void {
    this.#crash = new WorkerCrashError('the worker crashed')
    this.#abort?.abort(this.#crash)
  }

  end(): void {
    clearTimeout(this.#timer)
    if (this.#home.get(this.#context.worker) === this) this.#home.delete(this.#context.worker)
  }
}

/** What each worker is at. */
export class Runs {
  readonly #runs = new Map<number, Run>()

  begin(signal: Signal, context: RunContext): Run {
    return new Run(this.#runs, signal, context)
  }

  /** The worker with this number dies. `false` when it was at nothing. */
  crash(worker: number): boolean {
    const run = this.#runs.get(worker)
    run?.crash()
    return run !== undefined
  }
}
