import {
  type Clock,
  type ListenerErrorHandler,
  type Timers,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  printListenerError,
  systemClock,
  systemTimers,
} from '@tps/internal'
import type { Channel } from './channel.ts'
import { type FlapHold, checkFlapHold } from './flap.ts'
import { type CheckedInhibition, type InhibitionRule, checkInhibition } from './inhibitions.ts'
import { type AlertRoute, type EscalationStep, type GroupOptions, Routes } from './routes.ts'
import { type CheckedRule, checkRule } from './rule-check.ts'
import type { AlertRule } from './rule.ts'

/** What an `AlertEmitter` is made with. Checked and copied once. */
export interface AlertEmitterOptions {
  /** What the emitter is called. Default "andon". */
  readonly name?: string | undefined
  /** What to watch. Names are unique. May be empty. */
  readonly rules: readonly AlertRule[]
  /** Where to send what fires and resolves. Names are unique. Default none: then only events tell. */
  readonly channels?: readonly Channel[] | undefined
  /**
   * How many notifications each channel may have waiting and under way, at least 1. A firing beyond that is dropped
   * for that channel, counted and told as `deliveryFailed`, and so is never resolved there. The resolve of a firing
   * that was accepted is accepted beyond it. Default 1000.
   */
  readonly channelCapacity?: number | undefined
  /**
   * Which alerts go to which channels: to those of every route that matches. An alert that no route matches goes nowhere
   * and is counted as `unrouted`. Default: all alerts to all channels, except those that only `escalation` names.
   */
  readonly routes?: readonly AlertRoute[] | undefined
  /** Collects notifications into groups, in each channel. A route may have its own. Default: one by one. */
  readonly group?: GroupOptions | undefined
  /** An alert that still fires is told again this long after it was told, in ms, greater than 0. Default: never. */
  readonly repeatEveryMs?: number | undefined
  /** Who is told next as long as nobody has acknowledged. At most 16 steps. A route may have its own. Default nobody. */
  readonly escalation?: readonly EscalationStep[] | undefined
  /** Alerts that hold others back while they fire. Default none. */
  readonly inhibitions?: readonly InhibitionRule[] | undefined
  /** What to do with alerts that come and go. A rule may have its own. Default: nothing. */
  readonly flapHold?: FlapHold | undefined
  /** How many silences may be in force at once, at least 1; one more is refused with `SilencesFullError`. Default 100. */
  readonly maxSilences?: number | undefined
  /** How many resolved alerts `history()` keeps, 0 or more; the oldest goes first. Default 100. */
  readonly historySize?: number | undefined
  /**
   * How many observed series may have a state at once, at least 1. An observation that would need one more is dropped
   * and counted. Rules with a source, and what an absence expects, aren't counted. Default 10000.
   */
  readonly maxSeries?: number | undefined
  /** Monotonic time, for every duration. Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Runs `start()`. Default: the platform's timers, unreferenced. */
  readonly timers?: Timers | undefined
  /** Wall-clock time in ms since 1970, for `startsAt` and the like. Default `Date.now`. */
  readonly wallNow?: (() => number) | undefined
  /** Receives what a listener throws. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** How `start()` evaluates. */
export interface StartOptions {
  /** Time from one evaluation to the next, in ms, from 1 to 2147483647. The first comes after it. Default 1000. */
  readonly everyMs?: number | undefined
}

/** Options that have been checked, with the defaults filled in. */
export interface CheckedOptions {
  readonly name: string
  readonly rules: readonly CheckedRule[]
  readonly channels: readonly Channel[]
  readonly channelCapacity: number
  readonly routes: Routes
  readonly repeatEveryMs: number
  readonly inhibitions: readonly CheckedInhibition[]
  readonly maxSilences: number
  readonly historySize: number
  readonly maxSeries: number
  readonly clock: Clock
  readonly timers: Timers
  readonly wallNow: () => number
  readonly onListenerError: ListenerErrorHandler
}

export function checkOptions(options: AlertEmitterOptions): CheckedOptions {
  checkObject('options', options)
  const {
    name = 'andon',
    rules,
    channels = [],
    channelCapacity = 1000,
    historySize = 100,
    maxSeries = 10_000,
    maxSilences = 100,
    repeatEveryMs,
    inhibitions = [],
    flapHold,
  } = options
  const {
    clock = systemClock,
    timers = systemTimers,
    wallNow = Date.now,
    onListenerError = printListenerError,
  } = options
  if (!Array.isArray(rules)) throw new TypeError('rules must be an array')
  if (!Array.isArray(channels)) throw new TypeError('channels must be an array')
  if (!Array.isArray(inhibitions)) throw new TypeError('inhibitions must be an array')
  const commonHold = flapHold === undefined ? undefined : checkFlapHold('flapHold', flapHold)
  const checkedRules = (rules as readonly AlertRule[]).map((rule, index) =>
    checkRule(`rules[${index}]`, rule, commonHold),
  )
  const checkedChannels = (channels as readonly Channel[]).map((channel, index) => {
    checkObject(`channels[${index}]`, channel, ['send'])
    checkName(`channels[${index}].name`, channel.name)
    return channel
  })
  checkUnique('rules', checkedRules)
  checkUnique('channels', checkedChannels)
  return {
    name: checkName('name', name),
    rules: checkedRules,
    channels: checkedChannels,
    channelCapacity: checkInteger('channelCapacity', channelCapacity, { min: 1 }),
    routes: new Routes(
      options,
      checkedChannels.map((channel) => channel.name),
    ),
    repeatEveryMs: repeatEveryMs === undefined ? Infinity : checkNumber('repeatEveryMs', repeatEveryMs, { above: 0 }),
    inhibitions: (inhibitions as readonly InhibitionRule[]).map((rule, index) =>
      checkInhibition(`inhibitions[${index}]`, rule),
    ),
    maxSilences: checkInteger('maxSilences', maxSilences, { min: 1 }),
    historySize: checkInteger('historySize', historySize, { min: 0 }),
    maxSeries: checkInteger('maxSeries', maxSeries, { min: 1 }),
    clock: checkObject('clock', clock, ['now']),
    timers: checkObject('timers', timers, ['schedule']),
    wallNow: checkFunction('wallNow', wallNow),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}

export function checkStart({ everyMs = 1000 }: StartOptions): number {
  return checkNumber('everyMs', everyMs, { min: 1, max: 2 ** 31 - 1 })
}

function checkUnique(what: string, named: readonly { readonly name: string }[]): void {
  const seen = new Set<string>()
  for (const { name } of named) {
    if (seen.has(name)) throw new RangeError(`${what} must have unique names, got "${name}" twice`)
    seen.add(name)
  }
}
