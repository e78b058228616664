import type { AutoscalerSettings } from './autoscaler-settings.ts'
import { type Advice, ScalingCeiling } from './scaling-ceiling.ts'
import { type Recommendation, type ScalingDecision, decide, recommend } from './scaling-decision.ts'
import { DemandEstimate } from './scaling-demand.ts'
import type { WorkerLoad } from './scaling-load.ts'
import { floorOf } from './scaling-schedule.ts'
import { HoltTrend } from './scaling-trend.ts'
import { MaxWindow } from './scaling-window.ts'

const NO_ADVICE: Advice = { limit: Number.POSITIVE_INFINITY, by: 'not-helping' }

/** What a look found. */
export interface Look {
  readonly decision: ScalingDecision
  /** Whether it has just shown that more workers don't help. */
  readonly isNotHelping: boolean
}

/** How many times the most workers a demand counts at most, in a forecast. */
const MOST_FORECAST = 10

/** Decides, and keeps what decisions are made of. Calls nothing of the user's but the schedule. */
export class ScalingPlanner {
  readonly ceiling: ScalingCeiling | undefined
  readonly #settings: AutoscalerSettings
  readonly #demand: DemandEstimate
  readonly #trend: HoltTrend | undefined
  readonly #recommendations: MaxWindow
  readonly #scheduled: ((wallMs: number) => unknown) | undefined
  readonly #report: (error: unknown, source: string) => void
  #workers: number | undefined
  /** When the number of workers changed last, by the readings. At the first they are taken to have settled. */
  #changedMs = Number.NEGATIVE_INFINITY
  #lastScaledMs = Number.NEGATIVE_INFINITY
  #backOffUntilMs = Number.NEGATIVE_INFINITY
  #failures = 0
  #floor = 0
  #forecast: number | undefined

  constructor(settings: AutoscalerSettings, report: (error: unknown, source: string) => void) {
    this.#settings = settings
    this.#report = report
    this.#demand = new DemandEstimate(settings)
    this.#trend = settings.trend && new HoltTrend(settings.trend)
    this.#recommendations = new MaxWindow(settings.down.stabilizationMs)
    this.#scheduled = settings.schedule && floorOf(settings.schedule, settings.timeZone)
    this.ceiling = settings.plateau && new ScalingCeiling({ ...settings.plateau, min: settings.min })
  }

  get floor(): number {
    return this.#floor
  }

  get forecast(): number | undefined {
    return this.#forecast
  }

  look(load: WorkerLoad, nowMs: number): Look {
    const { up, down, min, max, toleranceRatio } = this.#settings
    const { workers } = load
    this.#note(workers, nowMs)
    const { byUtilization, byQueue, utilization } = this.#demand.update(nowMs, load)
    const isNotHelping = this.#observe(load, utilization, nowMs)
    // A queue that nothing leaves asks for infinitely many: a trend of that would never come down again.
    this.#forecast = this.#trend?.update(nowMs, Math.min(Math.max(byUtilization, byQueue), MOST_FORECAST * max))
    this.#floor = this.#readSchedule()
    const input = {
      workers,
      min,
      max,
      toleranceRatio,
      byUtilization,
      byQueue,
      up,
      down,
      forecast: this.#forecast,
      floor: this.#floor,
      isUpCooling: nowMs - this.#lastScaledMs < up.cooldownMs,
      isDownCooling: nowMs - this.#lastScaledMs < down.cooldownMs,
      isBackingOff: nowMs < this.#backOffUntilMs,
    }
    const recommended = recommend(input)
    const stable = this.#recommendations.add(nowMs, recommended.workers)
    return { decision: decide(input, recommended, stable, this.#advise(workers, recommended)), isNotHelping }
  }

  scaled(nowMs: number): void {
    this.#lastScaledMs = nowMs
    this.#failures = 0
  }

  /** Returns how many times in a row. */
  failed(nowMs: number): number {
    const { backoffMs, maxBackoffMs } = this.#settings
    this.#backOffUntilMs = nowMs + Math.min(maxBackoffMs, backoffMs * 2 ** Math.min(this.#failures, 50))
    this.#failures++
    return this.#failures
  }

  #note(workers: number, nowMs: number): void {
    if (this.#workers === undefined) {
      // As if so many had been wanted until now: they go only when a whole window has shown that they aren't needed.
      const { min, max } = this.#settings
      this.#recommendations.add(nowMs, Math.min(max, Math.max(min, workers)))
    } else if (workers !== this.#workers) this.#changedMs = nowMs
    this.#workers = workers
  }

  #observe({ workers, utilization, queueDepth = 0, throughput }: WorkerLoad, smoothed: number, nowMs: number): boolean {
    const { plateau } = this.#settings
    if (!plateau || !this.ceiling || throughput === undefined || workers === 0) return false
    const { saturationRatio, settleMs } = plateau
    return this.ceiling.observe({
      nowMs,
      workers,
      throughput,
      isSaturated: utilization >= saturationRatio && (smoothed >= saturationRatio || queueDepth >= workers),
      isSettled: nowMs - this.#changedMs >= settleMs,
    })
  }

  #advise(workers: number, recommended: Recommendation): Advice {
    return this.ceiling?.advise(workers, recommended.workers) ?? NO_ADVICE
  }

  /** What the schedule asks for now and `leadMs` from now, whichever is more; what it asked for before when it fails. */
  #readSchedule(): number {
    if (!this.#scheduled) return 0
    const { wallNow, leadMs, max } = this.#settings
    try {
      const nowMs = wallNow()
      const floors = [this.#scheduled(nowMs), this.#scheduled(nowMs + leadMs)].map((floor) => checkFloor(floor))
      return Math.min(max, Math.ceil(Math.max(...floors)))
    } catch (error) {
      this.#report(error, 'schedule')
      return this.#floor
    }
  }
}

function checkFloor(floor: unknown): number {
  if (typeof floor === 'number' && floor >= 0) return floor
  throw new RangeError(`schedule must give a number in [0, ∞], got ${String(floor)}`)
}
