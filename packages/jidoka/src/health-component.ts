import type { Clock, Timer, Timers } from '@tps/internal'
import type { ComponentHealth, HealthRules, HealthStatus } from './health.ts'
import { describeFailure } from './outcome.ts'

/** How one check ended. */
interface Finding {
  readonly status: HealthStatus
  readonly message: string | null
}

/** One component: its check, and what came of it. Runs one check at a time. */
export class HealthComponent {
  readonly rules: HealthRules
  readonly #clock: Clock
  readonly #timers: Timers
  /** Called after each check that counted. */
  readonly #checked: (from: ComponentHealth['status'], error: unknown) => void
  #status: ComponentHealth['status'] = 'unknown'
  #message: string | null = null
  #failures = 0
  #durationMs: number | null = null
  #endedMs: number | undefined
  #running: Promise<void> | undefined
  #isHung = false
  #next: Timer | undefined
  #controller: AbortController | undefined

  constructor(
    rules: HealthRules,
    clock: Clock,
    timers: Timers,
    checked: (from: ComponentHealth['status'], error: unknown) => void,
  ) {
    this.rules = rules
    this.#clock = clock
    this.#timers = timers
    this.#checked = checked
  }

  get status(): ComponentHealth['status'] {
    return this.#status
  }

  get critical(): boolean {
    return this.rules.critical
  }

  read(): ComponentHealth {
    return {
      status: this.#status,
      critical: this.critical,
      durationMs: this.#durationMs,
      agoMs: this.#endedMs === undefined ? null : this.#clock.now() - this.#endedMs,
      consecutiveFailures: this.#failures,
      message: this.#message,
      hung: this.#isHung,
    }
  }

  /** Checks now and then at each interval, until `stop`. */
  start(): void {
    this.#next = this.#timers.schedule(this.rules.intervalMs, () => this.start())
    void this.check()
  }

  stop(): void {
    this.#next?.cancel()
    this.#next = undefined
    this.#controller?.abort(new DOMException('The health monitor stopped', 'AbortError'))
  }

  /** Checks now, or waits for the check that runs already. One that hangs isn't waited for, nor joined by another. */
  check(): Promise<void> {
    if (!this.#isHung) this.#running ??= this.#run()
    return this.#running ?? Promise.resolve()
  }

  #run(): Promise<void> {
    const startMs = this.#clock.now()
    const controller = new AbortController()
    this.#controller = controller
    return new Promise<void>((resolve) => {
      const conclude = (finding: Finding, error: unknown): void => {
        timer.cancel()
        this.#running = undefined
        this.#conclude(finding, startMs, error)
        resolve()
      }
      const timer = this.#timers.schedule(this.rules.timeoutMs, () => {
        this.#isHung = true
        const message = `no answer within ${this.rules.timeoutMs} ms`
        conclude({ status: 'unhealthy', message }, new DOMException(message, 'TimeoutError'))
        controller.abort(new DOMException(message, 'TimeoutError'))
      })
      /** The end of the check itself: it counts unless its time was up or the monitor has stopped. */
      const end = (finding: Finding, error?: unknown): void => {
        const counts = !this.#isHung && !controller.signal.aborted
        this.#isHung = false
        if (counts) {
          conclude(finding, error)
          return
        }
        timer.cancel()
        this.#running = undefined
        resolve()
      }
      // Node 22 has no `Promise.try`.
      new Promise((answer) => answer(this.rules.check(controller.signal))).then(
        (value) => end(judge(value)),
        (error: unknown) => end({ status: 'unhealthy', message: describeFailure(error) }, error),
      )
    })
  }

  #conclude({ status, message }: Finding, startMs: number, error: unknown): void {
    const from = this.#status
    this.#endedMs = this.#clock.now()
    this.#durationMs = this.#endedMs - startMs
    this.#failures = status === 'unhealthy' ? this.#failures + 1 : 0
    this.#status = status === 'unhealthy' && this.#failures < this.rules.failureThreshold ? 'degraded' : status
    this.#message = message
    this.#checked(from, error)
  }
}

function judge(value: unknown): Finding {
  if (value === false || value === 'unhealthy') return { status: 'unhealthy', message: 'the check said so' }
  if (value === 'degraded') return { status: 'degraded', message: 'the check said so' }
  return { status: 'healthy', message: null }
}
