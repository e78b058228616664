import { type Clock, type Observable, type Timers, checkObject, systemClock, systemTimers } from '@tps/internal'
import { Emitting, type EmittingOptions } from './emitting.ts'
import {
  type ComponentHealth,
  type HealthCheck,
  type HealthCheckOptions,
  type HealthReport,
  type HealthStatus,
  checkHealthRules,
  overall,
} from './health.ts'
import { HealthComponent } from './health-component.ts'

/** What a `HealthMonitor` is made with. */
export interface HealthMonitorOptions extends EmittingOptions {
  /** What is checked, by name: a function alone has the default options. */
  readonly checks: { readonly [name: string]: HealthCheck | HealthCheckOptions }
  /** The source of time. Default the monotonic clock of the platform. */
  readonly clock?: Clock | undefined
  /** Starts the timers. Default those of the platform, unreferenced. */
  readonly timers?: Timers | undefined
}

/** A component is in another state than before. */
export interface ComponentChangeEvent {
  readonly component: string
  readonly from: ComponentHealth['status']
  readonly to: HealthStatus
  /** What its check failed with; `undefined` when it didn't. */
  readonly error: unknown
}

/** The whole is in another state than before. */
export interface HealthChangeEvent {
  readonly from: HealthStatus
  readonly to: HealthStatus
  readonly report: HealthReport
}

/** The events of a `HealthMonitor`. */
export interface HealthMonitorEvents {
  componentChange: [event: ComponentChangeEvent]
  change: [event: HealthChangeEvent]
}

/** The readings of a monitor: plain JSON. */
export interface HealthMonitorSnapshot extends HealthReport {
  readonly name: string
  readonly running: boolean
}

/**
 * Checks each component at its own interval and says how the whole is. A check that hangs counts as failed when its time
 * is up, and isn't begun again until it has ended. Its timers don't keep the process alive, and are given back by `stop`.
 */
export class HealthMonitor
  extends Emitting<HealthMonitorEvents>
  implements Observable<HealthMonitorEvents>, Disposable
{
  readonly #components = new Map<string, HealthComponent>()
  #status: HealthStatus
  #isRunning = false

  /** @throws TypeError or RangeError that names the option which is wrong. */
  constructor(options: HealthMonitorOptions) {
    super(checkObject('options', options), 'health')
    const { checks, clock = systemClock, timers = systemTimers } = options
    checkObject('clock', clock, ['now'])
    checkObject('timers', timers, ['schedule'])
    for (const [name, given] of Object.entries(checkObject('checks', checks))) {
      const rules = checkHealthRules(`checks.${name}`, given)
      const checked = (from: ComponentHealth['status'], error: unknown): void => this.#checked(name, from, error)
      this.#components.set(name, new HealthComponent(rules, clock, timers, checked))
    }
    this.#status = overall(this.#components.values())
  }

  /** How the whole is, by the last checks. */
  get status(): HealthStatus {
    return this.#status
  }

  /** Checks everything now and then at each interval, until `stop`. Does nothing when it runs already. */
  start(): this {
    if (this.#isRunning) return this
    this.#isRunning = true
    for (const component of this.#components.values()) component.start()
    return this
  }

  /** Gives the timers back and aborts the checks that run; their results don't count. May be started again. */
  stop(): void {
    this.#isRunning = false
    for (const component of this.#components.values()) component.stop()
  }

  /** As `stop`. */
  [Symbol.dispose](): void {
    this.stop()
  }

  /** Checks everything once, joining the checks that run, and resolves with the report. Never rejects. */
  async checkNow(): Promise<HealthReport> {
    await Promise.all(Array.from(this.#components.values(), (component) => component.check()))
    return this.report()
  }

  /** How everything is, by the last checks. Checks nothing. */
  report(): HealthReport {
    const components = Array.from(this.#components, ([name, component]) => [name, component.read()] as const)
    return { status: this.#status, components: Object.fromEntries(components) }
  }

  snapshot(): HealthMonitorSnapshot {
    return { name: this.name, running: this.#isRunning, ...this.report() }
  }

  #checked(component: string, from: ComponentHealth['status'], error: unknown): void {
    const to = this.#components.get(component)?.status
    const before = this.#status
    this.#status = overall(this.#components.values())
    if (to !== undefined && to !== 'unknown' && to !== from && this.isHeard('componentChange'))
      this.emit('componentChange', { component, from, to, error })
    if (this.#status !== before && this.isHeard('change'))
      this.emit('change', { from: before, to: this.#status, report: this.report() })
  }
}
