import { type Observable, SafeEmitter, type Timer, printListenerError } from '@tps/internal'
import type { AutoscalerEvents, AutoscalerSnapshot, ScalingNotHelpingEvent } from './autoscaler-events.ts'
import type { AutoscalerOptions } from './autoscaler-options.ts'
import { ScalingPlanner } from './autoscaler-planner.ts'
import { type AutoscalerSettings, autoscalerSettings } from './autoscaler-settings.ts'
import { attempt } from './scaling-attempt.ts'
import { bottleneckOf } from './scaling-bottleneck.ts'
import type { ScalingDecision, ScalingLimit } from './scaling-decision.ts'
import { fitThroughput } from './scaling-fit.ts'
import { checkLoad } from './scaling-load.ts'
import type { ThroughputPoint } from './usl.ts'

/**
 * Keeps as many workers as the load takes, of anything that can be counted and set: a pool, processes, machines.
 *
 * It aims at a share of busy workers, as the horizontal autoscaler of Kubernetes does, and at a queue that is done in time.
 * It goes up in steps, comes down late, and sees when more workers bring no more throughput: then it stops, goes back to the
 * fewest that do the same, says what may be the bottleneck, and tries again only after a time or when things have changed.
 *
 * It starts by hand. Nothing the user's functions do can stop it: what fails is counted, told and tried again.
 */
export class Autoscaler implements Observable<AutoscalerEvents>, Disposable {
  readonly name: string
  readonly #settings: AutoscalerSettings
  readonly #events: SafeEmitter<AutoscalerEvents>
  readonly #planner: ScalingPlanner
  #timer: Timer | undefined
  #stopped = new AbortController()
  #isRunning = false
  #looking: Promise<ScalingDecision | undefined> | undefined
  #decision: ScalingDecision | undefined
  #limitedBy: ScalingLimit | null = null
  #finding: ScalingNotHelpingEvent | undefined
  #lastScaledAt: number | null = null
  #readFailuresInARow = 0
  #counts = { decisions: 0, scaledUp: 0, scaledDown: 0, notHelping: 0, readFailures: 0, scaleFailures: 0 }

  /** @throws TypeError or RangeError when an option is wrong. */
  constructor(options: AutoscalerOptions) {
    const settings = autoscalerSettings(options)
    this.#settings = settings
    this.name = settings.name
    this.#events = new SafeEmitter(settings.onListenerError)
    this.#planner = new ScalingPlanner(settings, (error, source) => this.#report(error, source))
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** Looks now, and then every `everyMs`. Does nothing when it runs already. */
  start(): this {
    if (this.#isRunning) return this
    this.#isRunning = true
    this.#round(this.#stopped)
    return this
  }

  /**
   * Gives the timer back and aborts what is under way: a reading comes to nothing; a change that `scale` has begun is the
   * user's to finish. It may be started again.
   */
  stop(): void {
    this.#isRunning = false
    this.#timer?.cancel()
    this.#timer = undefined
    this.#stopped.abort(new DOMException(`${this.name} was stopped`, 'AbortError'))
    this.#stopped = new AbortController()
    this.#looking = undefined
  }

  /** As `stop`. */
  [Symbol.dispose](): void {
    this.stop()
  }

  /**
   * Reads, decides and scales once, now, whether it runs or not. One look at a time: a second call gives the first one's
   * promise. Resolves with the decision, or with `undefined` when the reading failed or it was stopped. Never rejects.
   */
  evaluate(): Promise<ScalingDecision | undefined> {
    if (this.#looking) return this.#looking
    const looking = this.#look(this.#stopped.signal).finally(() => {
      if (this.#looking === looking) this.#looking = undefined
    })
    this.#looking = looking
    return looking
  }

  on<E extends keyof AutoscalerEvents>(event: E, listener: (...args: AutoscalerEvents[E]) => void): () => void {
    return this.#events.on(event, listener)
  }

  snapshot(): AutoscalerSnapshot {
    const { min, max, dryRun } = this.#settings
    const { ceiling, floor, forecast } = this.#planner
    const { workers, recommended, reason, limitedBy, explanation } = this.#decision ?? {}
    return {
      name: this.name,
      isRunning: this.#isRunning,
      dryRun,
      min,
      max,
      workers: workers ?? null,
      recommended: recommended ?? null,
      reason: reason ?? null,
      limitedBy: limitedBy ?? null,
      explanation: explanation ?? null,
      lastScaledAt: this.#lastScaledAt,
      floor,
      forecast: forecast ?? null,
      ceiling: ceiling?.ceiling ?? null,
      plateau: ceiling?.state ?? 'off',
      fit: this.#finding?.fit ?? null,
      bottleneck: this.#finding?.bottleneck ?? null,
      ...this.#counts,
    }
  }

  /** Looks, and again when it is time: `everyMs` from the beginning of the last look, or at once when that took longer. */
  #round(stopped: AbortController): void {
    const { clock, timers, everyMs } = this.#settings
    const begunMs = clock.now()
    void this.evaluate().then(() => {
      if (stopped.signal.aborted) return
      this.#timer = timers.schedule(Math.max(0, begunMs + everyMs - clock.now()), () => this.#round(stopped))
    })
  }

  async #look(stopped: AbortSignal): Promise<ScalingDecision | undefined> {
    const { read, timeoutMs, timers, clock, dryRun } = this.#settings
    const limits = { timeoutMs, timers, stopped }
    const result = await attempt('read', async (signal) => checkLoad(await read({ signal })), limits)
    if (stopped.aborted) return undefined
    if (!result.ok) {
      this.#readFailed(result.error)
      return undefined
    }
    this.#readFailuresInARow = 0
    const { decision, isNotHelping } = this.#planner.look(result.value, clock.now())
    this.#decision = decision
    this.#counts.decisions++
    if (isNotHelping) this.#notHelping(decision.workers)
    else if (this.#planner.ceiling?.state === 'free') this.#finding = undefined
    this.#tell(decision)
    if (decision.action === 'hold' || stopped.aborted) return decision
    if (dryRun) this.#planner.scaled(clock.now())
    else await this.#scale(decision, stopped)
    return decision
  }

  async #scale(decision: ScalingDecision, stopped: AbortSignal): Promise<void> {
    const { scale, timeoutMs, timers, clock, wallNow } = this.#settings
    const { workers: from, target: to, reason, action } = decision
    const context = { from, reason }
    const result = await attempt('scale', (signal) => scale(to, { signal, ...context }), { timeoutMs, timers, stopped })
    if (!result.ok) {
      // Stopped, it isn't known whether it worked: the next reading will tell.
      if (stopped.aborted) return
      const failures = this.#planner.failed(clock.now())
      this.#counts.scaleFailures++
      if (this.#events.has('scaleFailed')) this.#events.emit('scaleFailed', { error: result.error, failures })
      return
    }
    this.#planner.scaled(clock.now())
    this.#lastScaledAt = wallNow()
    if (action === 'up') this.#counts.scaledUp++
    else this.#counts.scaledDown++
    if (this.#events.has('scaled')) this.#events.emit('scaled', { from, to, decision })
  }

  #readFailed(error: unknown): void {
    this.#readFailuresInARow++
    this.#counts.readFailures++
    if (this.#events.has('readFailed')) this.#events.emit('readFailed', { error, failures: this.#readFailuresInARow })
  }

  #notHelping(workers: number): void {
    const { ceiling } = this.#planner
    const { plateau } = this.#settings
    if (!ceiling || !plateau) return
    const measured = ceiling.evidence.points()
    // What was measured before still counts, where it wasn't measured again.
    const before = this.#finding?.points ?? []
    const isNew = (point: ThroughputPoint): boolean =>
      !measured.some(({ concurrency }) => concurrency === point.concurrency)
    const points = [...before.filter(isNew), ...measured].toSorted((a, b) => a.concurrency - b.concurrency)
    const fit = fitThroughput(points, plateau.fit, (error) => this.#report(error, 'plateau.fit'))
    const bottleneck = bottleneckOf(points, fit, plateau.sameRatio)
    this.#finding = { workers, sufficient: ceiling.ceiling ?? workers, fit: fit ?? null, bottleneck, points }
    this.#counts.notHelping++
    this.#events.emit('scaling-not-helping', this.#finding)
  }

  #tell(decision: ScalingDecision): void {
    const { limitedBy } = decision
    const isNew = limitedBy !== null && limitedBy !== this.#limitedBy
    this.#limitedBy = limitedBy
    if (this.#events.has('decision')) this.#events.emit('decision', decision)
    if (isNew && this.#events.has('limited')) this.#events.emit('limited', { limitedBy, decision })
  }

  #report(error: unknown, source: string): void {
    try {
      this.#settings.onListenerError(error, source)
    } catch (second) {
      printListenerError(second, source)
    }
  }
}
