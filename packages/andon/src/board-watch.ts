import { checkName, checkObject } from '@tps/internal'
import { type LampRule, checkLampRule } from './board-lamp.ts'
import { checkStaleMs } from './board-options.ts'

/** What can be a station: the primitives of all packages fit, and so does anything with a name and a snapshot. */
export interface Watchable {
  readonly name: string
  /** Quick and without side effect. */
  snapshot(): object
  on?(event: never, listener: (...args: never[]) => void): () => void
}

/** The names of the events that `T` tells. */
export type EventNames<T> = T extends { on(event: infer E, listener: never): unknown } ? E & string : never

/** How a station is watched. */
export interface WatchOptions<E extends string = string> {
  /** What it is called on the board. Default: the name of what is watched. */
  readonly name?: string | undefined
  /** Events after which it is read at once; those that tell a change of state, not those of every call. Default none. */
  readonly events?: readonly E[] | undefined
  /** Age from which its readings are stale, in ms, more than 0. Default: the board's. */
  readonly staleMs?: number | undefined
}

/** What a station is watched with, checked. */
interface CheckedWatch {
  readonly name: string
  readonly staleMs: number | undefined
  readonly rules: readonly LampRule[]
  /** Calls `reread` after each of the events, until what this returns is called. */
  readonly listen: (reread: () => void) => () => void
}

interface EventSource {
  on(event: string, listener: () => void): () => void
}

/** Checks what a station is watched with. */
export function checkWatch(source: Watchable, rules: readonly LampRule<never>[], options: WatchOptions): CheckedWatch {
  checkObject('source', source, ['snapshot'])
  if (!Array.isArray(rules)) throw new TypeError('rules must be an array')
  if (rules.length === 0) throw new RangeError('rules must not be empty')
  const { name = source.name, events = [], staleMs } = checkObject('options', options)
  if (!Array.isArray(events)) throw new TypeError('events must be an array')
  if (events.length > 0) checkObject('source', source, ['on'])
  const names = events.map((event: unknown, index) => checkName(`events[${index}]`, event))
  return {
    name: checkName('name', name),
    staleMs: checkStaleMs(staleMs),
    rules: rules.map((rule, index) => checkLampRule(`rules[${index}]`, rule)),
    listen: (reread) => listen(source as unknown as EventSource, names, reread),
  }
}

/** Listens to all of the events, or to none when one of them can't be listened to. */
function listen(source: EventSource, events: readonly string[], reread: () => void): () => void {
  const removals: (() => void)[] = []
  const detach = (): void => {
    for (const remove of removals.splice(0)) remove()
  }
  try {
    for (const event of events) removals.push(source.on(event, reread))
  } catch (error) {
    detach()
    throw error
  }
  return detach
}
