import { checkFunction, checkName, checkObject } from '@tps/internal'
import { type BoardValue, type Bound, boundText, checkBound, holds, partsOf, valueOf } from './board-bound.ts'

/** The colours of a lamp, from well to worse. `unknown`: there is no reading, or it is too old. */
export type LampColour = 'green' | 'unknown' | 'yellow' | 'red'

/** One reading of a station, and from where on it is yellow or red. Checked and copied when the station is added. */
export interface LampRule<S extends object = object> {
  /** What the reading is called. */
  readonly reading: string
  /**
   * Takes it from a snapshot. Must be quick and synchronous; what it throws is counted and makes the reading unknown, as
   * `undefined`, `null` and NaN do. Default: the property of the snapshot that `reading` names, "window.failureRatio".
   */
  readonly read?: ((snapshot: S) => BoardValue | null | undefined) | undefined
  /** Default: never yellow. */
  readonly yellow?: Bound | undefined
  /** Default: never red. Wins over `yellow`. */
  readonly red?: Bound | undefined
}

/** A reading with its colour: plain JSON. */
export interface LampReading {
  readonly reading: string
  /** `null` when there is none. */
  readonly value: BoardValue | null
  readonly colour: LampColour
  /** From where on it is yellow; `null` when never. */
  readonly yellow: Bound | null
  /** From where on it is red; `null` when never. */
  readonly red: Bound | null
}

/** A station's lamp at one moment: plain JSON. */
export interface StationLamp {
  readonly station: string
  readonly colour: LampColour
  /** The reading behind the colour: the first of the worst. `null` for a station that has none. */
  readonly because: LampReading | null
  /** The same in a sentence: "depthRatio is 0.95: red at least 0.9". */
  readonly why: string
  /** Every reading, in the order of the rules. */
  readonly readings: readonly LampReading[]
  /** `watched`: read from an observable. `pushed`: set by hand. */
  readonly kind: 'watched' | 'pushed'
  /** Since when it has this colour, as ISO 8601 in UTC. */
  readonly since: string
  /** How long ago it was read or set, in ms. */
  readonly ageMs: number
  /** Whether that is longer ago than allowed. */
  readonly isStale: boolean
}

const RANK: Readonly<Record<LampColour, number>> = { green: 0, unknown: 1, yellow: 2, red: 3 }

/** The worse of two colours. */
export function worse(a: LampColour, b: LampColour): LampColour {
  return RANK[b] > RANK[a] ? b : a
}

/** The first of the worst; `undefined` of none. */
export function worstOf<T extends { readonly colour: LampColour }>(lamps: Iterable<T>): T | undefined {
  let worst: T | undefined
  for (const lamp of lamps) if (!worst || RANK[lamp.colour] > RANK[worst.colour]) worst = lamp
  return worst
}

/** Checks one rule and copies it. `at` is where it stands, for the messages. */
export function checkLampRule<S extends object>(at: string, rule: LampRule<S>): LampRule<S> {
  checkObject(at, rule)
  const { reading, read, yellow, red } = rule
  return Object.freeze({
    reading: checkName(`${at}.reading`, reading),
    ...(read !== undefined && { read: checkFunction(`${at}.read`, read) }),
    ...(yellow !== undefined && { yellow: checkBound(`${at}.yellow`, yellow) }),
    ...(red !== undefined && { red: checkBound(`${at}.red`, red) }),
  })
}

/** Judges one reading. Throws what the rule's `read` throws. */
export function judge<S extends object>(rule: LampRule<S>, snapshot: S): LampReading {
  const value = valueOf(rule.read ? rule.read(snapshot) : propertyOf(snapshot, rule.reading))
  return { ...unread(rule), value: value ?? null, colour: colourOf(rule, value) }
}

/** A reading that could not be taken. */
export function unread<S extends object>({ reading, yellow, red }: LampRule<S>): LampReading {
  return { reading, value: null, colour: 'unknown', yellow: yellow ?? null, red: red ?? null }
}

/** "depthRatio is 0.95: red at least 0.9". */
export function lampText({ reading, value, colour, yellow, red }: LampReading): string {
  if (value === null) return `${reading} is unknown`
  const bound = colour === 'red' ? red : colour === 'yellow' ? yellow : null
  return `${reading} is ${String(value)}${bound ? `: ${colour} ${boundText(partsOf(bound))}` : ''}`
}

function colourOf({ yellow, red }: LampRule<never>, value: BoardValue | undefined): LampColour {
  if (value === undefined) return 'unknown'
  const isRed = red === undefined ? false : holds(red, value)
  if (isRed === true) return 'red'
  const isYellow = yellow === undefined ? false : holds(yellow, value)
  if (isYellow === true) return 'yellow'
  return isRed === undefined || isYellow === undefined ? 'unknown' : 'green'
}

function propertyOf(snapshot: object, path: string): unknown {
  let found: unknown = snapshot
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = (found as Record<string, unknown>)[key]
  }
  return found
}
