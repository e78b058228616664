import { Experiment, type ExperimentSnapshot, experimentReport } from '@tps/kaizen'
import type { Settings, SettingsStore } from './settings.ts'

/** The variants: what there is, and what might be better. */
export type Variant = 'control' | 'treatment'

/** What is tried. */
export interface ExperimentRequest {
  readonly name?: string | undefined
  /** What is compared: the mean latency, or a quantile of it. Default the mean. */
  readonly metric?: 'mean' | 'p50' | 'p90' | 'p99' | undefined
  /** How long each turn of a variant lasts, in ms. */
  readonly slice_ms?: number | undefined
  /** How much of the beginning of a turn does not count, in ms. */
  readonly washout_ms?: number | undefined
  /** The settings of each variant. What `control` leaves out is as it was before. */
  readonly control?: Partial<Settings> | undefined
  readonly treatment: Partial<Settings>
}

/** What is known of the experiment. */
export interface ExperimentReading {
  readonly is_running: boolean
  readonly control: Partial<Settings>
  readonly treatment: Partial<Settings>
  readonly snapshot: ExperimentSnapshot
  /** The result, in words. */
  readonly report: string
}

const METRICS = { mean: 'mean', p50: { quantile: 0.5 }, p90: { quantile: 0.9 }, p99: { quantile: 0.99 } } as const
const TICK_MS = 50

/** Tries a change of the settings: variants take turns at random, and each signal counts for the variant it met. */
export class Experiments {
  readonly #settings: SettingsStore
  #current: { request: Readonly<Record<Variant, Partial<Settings>>>; experiment: Experiment } | undefined
  #variant: Variant | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(settings: SettingsStore) {
    this.#settings = settings
  }

  /** Begins one. The one that ran ends. */
  start({
    name = 'experiment',
    metric = 'mean',
    slice_ms,
    washout_ms,
    control = {},
    treatment,
  }: ExperimentRequest): void {
    this.stop()
    const before = this.#settings.current
    const keys = new Set([...Object.keys(control), ...Object.keys(treatment)]) as Set<keyof Settings>
    const rest = Object.fromEntries([...keys].map((key) => [key, before[key]])) as Partial<Settings>
    const request = { control: { ...rest, ...control }, treatment: { ...rest, ...treatment } }
    const experiment = new Experiment({ name, metric: METRICS[metric], sliceMs: slice_ms, washoutMs: washout_ms })
    this.#current = { request, experiment }
    this.#timer = setInterval(() => this.#turn(), TICK_MS).unref()
    this.#turn()
  }

  /** Ends it, with the settings of the control; its result can still be read. */
  stop(): void {
    if (!this.#timer) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#variant = undefined
    if (this.#current) this.#settings.change(this.#current.request.control)
  }

  /** The variant whose turn it is; `undefined` while nothing is tried. */
  get variant(): Variant | undefined {
    return this.#variant
  }

  /** A signal that met `variant` took so long. */
  record(variant: Variant, durationMs: number): void {
    if (this.#timer) this.#current?.experiment.record(variant, durationMs)
  }

  snapshot(): ExperimentSnapshot | null {
    return this.#current?.experiment.snapshot() ?? null
  }

  read(): ExperimentReading | undefined {
    if (!this.#current) return undefined
    const { request, experiment } = this.#current
    const snapshot = experiment.snapshot()
    return { is_running: this.#timer !== undefined, ...request, snapshot, report: experimentReport(snapshot.result) }
  }

  #turn(): void {
    if (!this.#current) return
    const variant = this.#current.experiment.assign()
    if (variant === this.#variant) return
    this.#variant = variant
    this.#settings.change(this.#current.request[variant])
  }
}
