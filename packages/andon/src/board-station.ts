import { checkName, checkObject, checkOneOf } from '@tps/internal'
import { type BoardValue, type Bound, checkBound, valueOf } from './board-bound.ts'
import {
  type LampColour,
  type LampReading,
  type LampRule,
  type StationLamp,
  judge,
  lampText,
  unread,
  worse,
  worstOf,
} from './board-lamp.ts'
import { checkStaleMs } from './board-options.ts'

/** Where a watched station's readings come from. */
export interface StationSource {
  snapshot(): object
  readonly rules: readonly LampRule[]
  /** Takes the listeners away again. */
  detach(): void
}

/** What is put on a station by hand. */
export interface StationReading {
  readonly colour: LampColour
  /** Which reading it is about. Default: none, then the board shows the colour alone. */
  readonly reading?: string | undefined
  /** Its value. */
  readonly value?: BoardValue | null | undefined
  /** From where on it is yellow, for whoever looks. */
  readonly yellow?: Bound | undefined
  /** From where on it is red, for whoever looks. */
  readonly red?: Bound | undefined
  /** Why, in a sentence. Default: made of the reading. */
  readonly why?: string | undefined
  /** Age from which it is stale, in ms, more than 0. Default: the board's. */
  readonly staleMs?: number | undefined
}

/** Checks what is put on a station, and copies it. */
export function checkReading(reading: StationReading): StationReading {
  const { colour, reading: name, value, yellow, red, why, staleMs } = checkObject('reading', reading)
  return {
    colour: checkOneOf('colour', colour, ['green', 'unknown', 'yellow', 'red']),
    reading: name === undefined ? undefined : checkName('reading', name),
    value: valueOf(value) ?? null,
    yellow: yellow === undefined ? undefined : checkBound('yellow', yellow),
    red: red === undefined ? undefined : checkBound('red', red),
    why: why === undefined ? undefined : checkName('why', why),
    staleMs: checkStaleMs(staleMs),
  }
}

/** What has been told of a lamp. */
export interface ToldLamp {
  readonly colour: LampColour
  /** The name of the reading behind it. */
  readonly because: string | undefined
  readonly isStale: boolean
  /** Since when it has this colour, as ISO 8601 in UTC. */
  readonly since: string
}

/** One station of a board: what was read of it last, and what has been told of it. */
export class Station {
  readonly name: string
  readonly source: StationSource | undefined
  staleMs: number
  /** What was last told: what the next change is measured against. */
  told: ToldLamp | undefined
  #readings: readonly LampReading[] = []
  #colour: LampColour = 'unknown'
  #why = ''
  #readMs = 0
  #isFailing = false

  constructor(name: string, source: StationSource | undefined, staleMs: number) {
    this.name = name
    this.source = source
    this.staleMs = staleMs
  }

  /**
   * Reads every rule once. Returns what went wrong for the first time since it last went well, and how often it went
   * wrong. User code runs in here and nothing of what it throws leaves.
   */
  read(nowMs: number): { readonly failures: number; readonly error: unknown; readonly isNew: boolean } {
    const { source } = this
    if (!source) return { failures: 0, error: undefined, isNew: false }
    let failures = 0
    let first: unknown
    const attempt = <T>(work: () => T): T | undefined => {
      try {
        return work()
      } catch (error) {
        if (failures++ === 0) first = error
        return undefined
      }
    }
    const snapshot = attempt(() => checkSnapshot(source.snapshot()))
    this.#readings = source.rules.map((rule) => (snapshot && attempt(() => judge(rule, snapshot))) ?? unread(rule))
    this.#colour = worstOf(this.#readings)?.colour ?? 'unknown'
    this.#why = ''
    this.#readMs = nowMs
    const isNew = failures > 0 && !this.#isFailing
    this.#isFailing = failures > 0
    return { failures, error: first, isNew }
  }

  /** Takes what was set by hand. */
  set({ colour, reading, value, yellow, red, why = '' }: StationReading, nowMs: number): void {
    const shown = { reading: reading ?? '', value: value ?? null, colour, yellow: yellow ?? null, red: red ?? null }
    this.#readings = reading === undefined ? [] : [shown]
    this.#colour = colour
    this.#why = why
    this.#readMs = nowMs
  }

  /** The lamp now. `pulled` is why the cord was pulled here, if it was. */
  lamp(nowMs: number, whenStale: LampColour, pulled: string | undefined): Omit<StationLamp, 'since'> {
    const ageMs = nowMs - this.#readMs
    const isStale = ageMs >= this.staleMs
    const own = isStale ? worse(this.#colour, whenStale) : this.#colour
    const because = pulled === undefined ? (worstOf(this.#readings) ?? null) : cordReading(pulled)
    return {
      station: this.name,
      colour: pulled === undefined ? own : 'red',
      because,
      why: pulled === undefined ? this.#reason(because, isStale) : `the cord was pulled: ${pulled}`,
      readings: this.#readings,
      kind: this.source ? 'watched' : 'pushed',
      ageMs,
      isStale,
    }
  }

  #reason(because: LampReading | null, isStale: boolean): string {
    const text = this.#why || (because ? lampText(because) : '')
    return isStale ? `no reading for too long${text ? `; last: ${text}` : ''}` : text
  }
}

/** What the lamp shows while the cord is pulled. */
export function cordReading(pulled: string): LampReading {
  return { reading: 'cord', value: pulled, colour: 'red', yellow: null, red: null }
}

function checkSnapshot(snapshot: unknown): object {
  if (snapshot instanceof Promise) snapshot.catch(() => {})
  if (typeof snapshot !== 'object' || snapshot === null || snapshot instanceof Promise)
    throw new TypeError('snapshot() must return an object')
  return snapshot
}
