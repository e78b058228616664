import { checkNumber, checkObject } from '@tps/internal'
import { checkLabelNames } from './inhibitions.ts'
import { type Labels, labelKey } from './labels.ts'
import { type Matchers, Matcher, type Subject, labelOf } from './matchers.ts'

/** How notifications are collected into groups. */
export interface GroupOptions {
  /** Alerts that have these labels in common are told together. `rule` and `severity` count. `[]`: all alerts. */
  readonly by: readonly string[]
  /** How long a new group waits for more alerts before it is told first, in ms, 0 or more. Default 30000. */
  readonly waitMs?: number | undefined
  /** How long a group that was told collects changes before it is told again, in ms, 0 or more. Default 300000. */
  readonly intervalMs?: number | undefined
}

/** Who is told next when nobody has acknowledged. */
export interface EscalationStep {
  /** How long after the alert was first told, in ms, greater than that of the step before. */
  readonly afterMs: number
  /** Names of channels. */
  readonly channels: readonly string[]
}

/** Which alerts go where. */
export interface AlertRoute {
  /** Which alerts. Default all of them. */
  readonly match?: Matchers | undefined
  /** Names of channels. */
  readonly channels: readonly string[]
  /** `false`: one by one. Default: the emitter's. */
  readonly group?: GroupOptions | false | undefined
  /** `[]`: nobody. Default: the emitter's. */
  readonly escalation?: readonly EscalationStep[] | undefined
}

type Group = Required<{ readonly [K in keyof GroupOptions]: NonNullable<GroupOptions[K]> }>

interface CheckedRoute {
  readonly id: number
  readonly matcher: Matcher
  readonly channels: readonly string[]
  readonly group: Group | undefined
  readonly escalation: readonly EscalationStep[]
}

/** The group that an alert belongs to in a channel. */
export interface GroupPlace {
  readonly key: string
  readonly labels: Labels
  readonly waitMs: number
  readonly intervalMs: number
}

/** One channel that an alert goes to, by its name. */
export interface Destination {
  readonly channel: string
  readonly group: GroupPlace | undefined
}

/** Where one alert goes. */
export interface Itinerary {
  readonly first: readonly Destination[]
  readonly escalation: readonly { readonly afterMs: number; readonly destinations: readonly Destination[] }[]
}

/** What `Routes` are made of. */
export interface RoutesOptions {
  readonly routes?: readonly AlertRoute[] | undefined
  readonly group?: GroupOptions | undefined
  readonly escalation?: readonly EscalationStep[] | undefined
}

/** Says where an alert goes: always the same for the same rule and labels. */
export class Routes {
  readonly #routes: readonly CheckedRoute[]
  readonly #group: Group | undefined

  /** @throws {TypeError | RangeError} */
  constructor({ routes, group, escalation = [] }: RoutesOptions, channels: readonly string[]) {
    const common = group === undefined ? undefined : checkGroup('group', group)
    const steps = checkEscalation('escalation', escalation, channels)
    this.#group = common
    if (routes === undefined) {
      // Whoever is to be told later is not told at once.
      const later = new Set(steps.flatMap((step) => step.channels))
      const first = channels.filter((channel) => !later.has(channel))
      this.#routes = [
        { id: 0, matcher: new Matcher('match', {}, EMPTY), channels: first, group: common, escalation: steps },
      ]
      return
    }
    if (!Array.isArray(routes)) throw new TypeError('routes must be an array')
    this.#routes = (routes as readonly AlertRoute[]).map((route, index) => {
      const at = `routes[${index}]`
      const { match = {}, channels: names, group: own, escalation: ownSteps } = checkObject(at, route)
      return {
        id: index + 1,
        matcher: new Matcher(`${at}.match`, match, EMPTY),
        channels: checkChannels(`${at}.channels`, names, channels),
        group: own === undefined ? common : own === false ? undefined : checkGroup(`${at}.group`, own),
        escalation: ownSteps === undefined ? steps : checkEscalation(`${at}.escalation`, ownSteps, channels),
      }
    })
  }

  /** The channels of every route that matches; the first one that names a channel says how, and who is told later. */
  of(subject: Subject): Itinerary {
    const matching = this.#routes.filter(({ matcher }) => matcher.matches(subject))
    const groups = new Map<string, GroupPlace | undefined>()
    for (const { id, channels, group } of matching)
      for (const channel of channels)
        if (!groups.has(channel)) groups.set(channel, group && placeOf(group, subject, id))
    const first = Array.from(groups, ([channel, group]) => ({ channel, group }))
    const steps = matching.find(({ escalation }) => escalation.length > 0)?.escalation ?? []
    const byDefault = this.#group && placeOf(this.#group, subject, 0)
    return {
      first,
      escalation: steps.map(({ afterMs, channels }) => ({
        afterMs,
        destinations: channels.map((channel) => ({
          channel,
          group: groups.has(channel) ? groups.get(channel) : byDefault,
        })),
      })),
    }
  }
}

const EMPTY = { mayBeEmpty: true }

function placeOf({ by, waitMs, intervalMs }: Group, subject: Subject, route: number): GroupPlace {
  const labels = Object.freeze(Object.fromEntries(by.map((name) => [name, labelOf(subject, name)])))
  return { key: `{${labelKey(labels)}}#${route}`, labels, waitMs, intervalMs }
}

function checkGroup(at: string, group: GroupOptions): Group {
  const { by, waitMs = 30_000, intervalMs = 300_000 } = checkObject(at, group)
  return {
    by: [...new Set(checkLabelNames(`${at}.by`, by))].toSorted(),
    waitMs: checkNumber(`${at}.waitMs`, waitMs, { min: 0 }),
    intervalMs: checkNumber(`${at}.intervalMs`, intervalMs, { min: 0 }),
  }
}

const MAX_STEPS = 16

function checkEscalation(
  at: string,
  steps: readonly EscalationStep[],
  channels: readonly string[],
): readonly EscalationStep[] {
  if (!Array.isArray(steps)) throw new TypeError(`${at} must be an array`)
  if (steps.length > MAX_STEPS) throw new RangeError(`${at} must have at most ${MAX_STEPS} steps, got ${steps.length}`)
  let above = 0
  return (steps as readonly EscalationStep[]).map((step, index) => {
    const here = `${at}[${index}]`
    const { afterMs, channels: names } = checkObject(here, step)
    above = checkNumber(`${here}.afterMs`, afterMs, { above })
    return { afterMs, channels: checkChannels(`${here}.channels`, names, channels) }
  })
}

function checkChannels(at: string, names: readonly string[], known: readonly string[]): readonly string[] {
  if (!Array.isArray(names)) throw new TypeError(`${at} must be an array of names of channels`)
  for (const [index, name] of (names as readonly unknown[]).entries())
    if (!known.includes(name as string))
      throw new RangeError(`${at}[${index}] must be the name of one of the channels, got "${String(name)}"`)
  return [...new Set(names as readonly string[])]
}
