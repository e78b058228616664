import {
  type Clock,
  type ListenerErrorHandler,
  type Timers,
  checkBoolean,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  printListenerError,
  systemClock,
  systemTimers,
} from '@tps/internal'
import type {
  AutoscalerOptions,
  BackoffOptions,
  DownOptions,
  PlateauOptions,
  StepOptions,
  TrendOptions,
} from './autoscaler-options.ts'
import type { FitThroughput } from './scaling-fit.ts'
import { type Schedule, checkSchedule } from './scaling-schedule.ts'
import type { TrendSettings } from './scaling-trend.ts'

/** The options of an autoscaler, checked and complete. */
export interface AutoscalerSettings {
  readonly name: string
  readonly read: AutoscalerOptions['read']
  readonly scale: AutoscalerOptions['scale']
  readonly min: number
  readonly max: number
  readonly target: number
  readonly toleranceRatio: number
  readonly everyMs: number
  readonly smoothingMs: number
  readonly drainMs: number
  readonly up: Required<StepSettingsOf<StepOptions>>
  readonly down: Required<StepSettingsOf<DownOptions>>
  readonly plateau: PlateauSettings | undefined
  readonly schedule: Schedule | undefined
  readonly timeZone: string | undefined
  readonly leadMs: number
  readonly trend: TrendSettings | undefined
  readonly dryRun: boolean
  readonly timeoutMs: number
  readonly backoffMs: number
  readonly maxBackoffMs: number
  readonly clock: Clock
  readonly timers: Timers
  readonly wallNow: () => number
  readonly onListenerError: ListenerErrorHandler
}

type StepSettingsOf<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> }

export interface PlateauSettings {
  readonly minGainRatio: number
  readonly sameRatio: number
  readonly saturationRatio: number
  readonly settleMs: number
  readonly minReadings: number
  readonly retryMs: number
  readonly changeRatio: number
  readonly fit: FitThroughput | undefined
}

export function autoscalerSettings(options: AutoscalerOptions): AutoscalerSettings {
  const {
    name = 'autoscaler',
    read,
    scale,
    min = 1,
    max,
    target = 0.7,
    toleranceRatio = 0.1,
    everyMs = 15_000,
    drainMs = 30_000,
    leadMs = 60_000,
    dryRun = false,
    timeoutMs = 30_000,
    clock = systemClock,
    timers = systemTimers,
    wallNow = Date.now,
    onListenerError = printListenerError,
    schedule,
    timeZone,
    up = {},
    down = {},
    backoff = {},
  } = checkObject('options', options)
  checkNumber('everyMs', everyMs, { min: 1 })
  checkInteger('min', min, { min: 1 })
  return {
    name: checkName('name', name),
    read: checkFunction('read', read),
    scale: checkFunction('scale', scale),
    min,
    max: checkInteger('max', max, { min }),
    target: checkNumber('target', target, { above: 0, max: 1 }),
    toleranceRatio: checkNumber('toleranceRatio', toleranceRatio, { min: 0, below: 1 }),
    everyMs,
    smoothingMs: checkNumber('smoothingMs', options.smoothingMs ?? everyMs, { min: 0 }),
    drainMs: checkNumber('drainMs', drainMs, { above: 0 }),
    up: checkStep('up', up, { cooldownMs: 30_000, maxStep: 4, maxRatio: 1 }),
    down: checkDown(down),
    plateau: checkPlateau(everyMs, options.plateau),
    schedule: schedule === undefined ? undefined : checkSchedule(schedule),
    timeZone: checkTimeZone(timeZone),
    leadMs: checkNumber('leadMs', leadMs, { min: 0 }),
    trend: checkTrend(options.trend),
    dryRun: checkBoolean('dryRun', dryRun),
    timeoutMs: checkNumber('timeoutMs', timeoutMs, { above: 0 }),
    ...checkBackoff(backoff),
    clock: checkObject('clock', clock, ['now']),
    timers: checkObject('timers', timers, ['schedule']),
    wallNow: checkFunction('wallNow', wallNow),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}

function checkStep(
  name: string,
  options: StepOptions,
  defaults: StepSettingsOf<StepOptions>,
): StepSettingsOf<StepOptions> {
  const {
    cooldownMs = defaults.cooldownMs,
    maxStep = defaults.maxStep,
    maxRatio = defaults.maxRatio,
  } = checkObject(name, options)
  return {
    cooldownMs: checkNumber(`${name}.cooldownMs`, cooldownMs, { min: 0 }),
    maxStep: checkInteger(`${name}.maxStep`, maxStep, { min: 1 }),
    maxRatio: checkNumber(`${name}.maxRatio`, maxRatio, name === 'down' ? { min: 0, max: 1 } : { min: 0 }),
  }
}

function checkDown(options: DownOptions): StepSettingsOf<DownOptions> {
  const { stabilizationMs = 300_000 } = checkObject('down', options)
  return {
    ...checkStep('down', options, { cooldownMs: 60_000, maxStep: 1, maxRatio: 0.5 }),
    stabilizationMs: checkNumber('down.stabilizationMs', stabilizationMs, { min: 0 }),
  }
}

function checkPlateau(everyMs: number, options: false | PlateauOptions = {}): PlateauSettings | undefined {
  if (options === false) return undefined
  const {
    minGainRatio = 0.1,
    sameRatio = 0.05,
    saturationRatio = 0.9,
    settleMs = everyMs,
    minReadings = 3,
    retryMs = 600_000,
    changeRatio = 0.2,
    fit,
  } = checkObject('plateau', options)
  return {
    minGainRatio: checkNumber('plateau.minGainRatio', minGainRatio, { min: 0, max: 1 }),
    sameRatio: checkNumber('plateau.sameRatio', sameRatio, { above: 0, below: 1 }),
    saturationRatio: checkNumber('plateau.saturationRatio', saturationRatio, { above: 0, max: 1 }),
    settleMs: checkNumber('plateau.settleMs', settleMs, { min: 0 }),
    minReadings: checkInteger('plateau.minReadings', minReadings, { min: 1, max: 8 }),
    retryMs: checkNumber('plateau.retryMs', retryMs, { above: 0 }),
    changeRatio: checkNumber('plateau.changeRatio', changeRatio, { above: 0 }),
    fit: fit === undefined ? undefined : checkFunction('plateau.fit', fit),
  }
}

function checkTrend(options: TrendOptions | undefined): TrendSettings | undefined {
  if (options === undefined) return undefined
  const { horizonMs, levelWeight = 0.5, slopeWeight = 0.2 } = checkObject('trend', options)
  return {
    horizonMs: checkNumber('trend.horizonMs', horizonMs, { above: 0 }),
    levelWeight: checkNumber('trend.levelWeight', levelWeight, { above: 0, max: 1 }),
    slopeWeight: checkNumber('trend.slopeWeight', slopeWeight, { above: 0, max: 1 }),
  }
}

function checkBackoff(options: BackoffOptions): {
  readonly backoffMs: number
  readonly maxBackoffMs: number
} {
  const { ms = 15_000, maxMs = Math.max(300_000, ms) } = checkObject('backoff', options)
  checkNumber('backoff.ms', ms, { above: 0 })
  return { backoffMs: ms, maxBackoffMs: checkNumber('backoff.maxMs', maxMs, { min: ms }) }
}

function checkTimeZone(timeZone: string | undefined): string | undefined {
  // It throws a RangeError that names the zone.
  return timeZone === undefined
    ? undefined
    : Intl.DateTimeFormat('en-US', { timeZone: checkName('timeZone', timeZone) }).resolvedOptions().timeZone
}
