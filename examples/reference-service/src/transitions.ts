/** Something that is in one state at a time. */
export interface Stated {
  readonly kind: 'lamp' | 'circuit' | 'alert' | 'cord' | 'downstream'
  readonly name: string
  readonly state: string
}

/** A change of state: plain JSON. */
export interface Transition {
  readonly kind: Stated['kind']
  readonly name: string
  readonly from: string
  readonly to: string
  /** Wall clock, ms since 1970. */
  readonly at: number
  /** How long it had been in `from`, in ms; `null` when it was in it from the first reading on. */
  readonly afterMs: number | null
}

const KEPT = 100
/** What an alert is in that is not among the active ones. */
const GONE = 'inactive'

/** What changed its state, and when: the last 100 changes. A pending alert that came to nothing leaves no trace. */
export class Transitions {
  readonly #states = new Map<string, Stated & { readonly since: number | null }>()
  readonly #log: Transition[] = []

  /** The changes kept, the latest first. */
  get latest(): readonly Transition[] {
    return this.#log.toReversed()
  }

  /** Takes the states of everything at the wall clock `at`. An alert that is no longer among them is inactive. */
  observe(at: number, states: readonly Stated[]): void {
    const isFirst = this.#states.size === 0
    const seen = new Set<string>()
    for (const stated of states) {
      seen.add(keyOf(stated))
      this.note(at, stated, isFirst)
    }
    for (const [key, { kind, name }] of this.#states) {
      if (kind !== 'alert' || seen.has(key)) continue
      this.note(at, { kind, name, state: GONE })
      this.#states.delete(key)
    }
  }

  /** Takes one state as soon as it is known. */
  note(at: number, stated: Stated, isFirst = false): void {
    const key = keyOf(stated)
    const { kind, name, state } = stated
    const before = this.#states.get(key) ?? (kind === 'alert' && !isFirst ? { state: GONE, since: null } : undefined)
    if (before?.state === state) return
    this.#states.set(key, { kind, name, state, since: before ? at : null })
    if (!before) return
    const { state: from, since } = before
    if (kind === 'alert' && from === 'pending' && state === GONE) return this.#forget(key)
    this.#log.push({ kind, name, from, to: state, at, afterMs: since === null ? null : Math.max(0, at - since) })
    if (this.#log.length > KEPT) this.#log.shift()
  }

  /** Takes the last change of `key` out again. */
  #forget(key: string): void {
    const place = this.#log.findLastIndex((transition) => `${transition.kind} ${transition.name}` === key)
    if (place >= 0) this.#log.splice(place, 1)
  }
}

function keyOf({ kind, name }: Stated): string {
  return `${kind} ${name}`
}
