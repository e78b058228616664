/** What a naive desk is made with. */
export interface NaivePlan {
  readonly first: readonly string[]
  readonly escalation: readonly { readonly afterMs: number; readonly channels: readonly string[] }[]
  readonly repeatEveryMs: number
  /** Whether another alert that fires holds this one back. */
  readonly isInhibited: (key: string, firing: ReadonlySet<string>) => boolean
}

interface Incident {
  readonly known: Set<string>
  toldMs: number | undefined
  repeatedMs: number
  step: number
  isAcknowledged: boolean
}

interface NaiveSilence {
  readonly id: string
  readonly covers: (key: string) => boolean
  endMs: number
}

/** Who must be told what, for model tests. Expects what channels that answer at once get, alert by alert. */
export class NaiveDesk {
  silences: NaiveSilence[] = []
  readonly incidents: Map<string, Incident> = new Map()
  /** What each channel has got: by channel and alert. */
  readonly got: Map<string, string[]> = new Map()
  readonly #plan: NaivePlan

  constructor(plan: NaivePlan) {
    this.#plan = plan
  }

  /** Takes what has happened to the alerts. `firing` are those that fire after all of it. */
  tell(
    happened: readonly (readonly [key: string, what: string])[],
    firing: ReadonlySet<string>,
    isHeld: (key: string) => boolean,
    now: number,
  ): void {
    for (const [index, [key, what]] of happened.entries()) {
      if (what === 'firing') {
        this.incidents.set(key, { known: new Set(), toldMs: undefined, repeatedMs: 0, step: 0, isAcknowledged: false })
        if (!this.isHeldBack(key, firing, now)) this.#inform(key, isHeld(key), now)
      } else if (what === 'flapping') {
        const [beforeKey, before] = happened[index - 1] ?? []
        const isNew = before === 'firing' && beforeKey === key
        const incident = this.incidents.get(key)
        if (isNew || !incident || incident.isAcknowledged || this.isHeldBack(key, firing, now)) continue
        for (const channel of this.#destinations(incident)) this.#send(key, incident, channel, 'firing/flapping')
      } else if (what === 'resolved') {
        const incident = this.incidents.get(key)
        this.incidents.delete(key)
        for (const channel of incident?.known ?? []) this.#log(channel, key, 'resolved')
      }
    }
  }

  pass(firing: ReadonlySet<string>, isHeld: (key: string) => boolean, now: number): void {
    this.silences = this.silences.filter(({ endMs }) => endMs > now)
    for (const [key, incident] of this.incidents) {
      if (this.isHeldBack(key, firing, now) || incident.isAcknowledged) continue
      this.#inform(key, isHeld(key), now)
      const escalated = new Set<string>()
      for (const { afterMs, channels } of this.#plan.escalation.slice(incident.step)) {
        if (now - (incident.toldMs ?? now) < afterMs) break
        incident.step++
        for (const channel of channels) {
          escalated.add(channel)
          this.#send(key, incident, channel, 'firing/escalation')
        }
      }
      if (now - incident.repeatedMs < this.#plan.repeatEveryMs) continue
      incident.repeatedMs = now
      for (const channel of this.#destinations(incident))
        if (!escalated.has(channel)) this.#send(key, incident, channel, 'firing/repeat')
    }
  }

  acknowledge(covers: (key: string) => boolean): string[] {
    const meant = [...this.incidents].filter(([key, { isAcknowledged }]) => covers(key) && !isAcknowledged)
    for (const [, incident] of meant) incident.isAcknowledged = true
    return meant.map(([key]) => key)
  }

  /** Time in which nothing ran. */
  sleep(elapsedMs: number): void {
    for (const silence of this.silences) silence.endMs -= elapsedMs
    for (const incident of this.incidents.values()) {
      incident.repeatedMs -= elapsedMs
      if (incident.toldMs !== undefined) incident.toldMs -= elapsedMs
    }
  }

  isHeldBack(key: string, firing: ReadonlySet<string>, now: number): boolean {
    return this.silences.some(({ covers, endMs }) => endMs > now && covers(key)) || this.#plan.isInhibited(key, firing)
  }

  #inform(key: string, isFlapping: boolean, now: number): void {
    const incident = this.incidents.get(key) as Incident
    if (incident.toldMs === undefined) incident.toldMs = incident.repeatedMs = now
    for (const channel of this.#destinations(incident))
      if (!incident.known.has(channel)) this.#send(key, incident, channel, isFlapping ? 'firing/flapping' : 'firing')
  }

  #destinations({ step }: Incident): string[] {
    const { first, escalation } = this.#plan
    return [...new Set([...first, ...escalation.slice(0, step).flatMap(({ channels }) => channels)])]
  }

  #send(key: string, incident: Incident, channel: string, what: string): void {
    incident.known.add(channel)
    this.#log(channel, key, what)
  }

  #log(channel: string, key: string, what: string): void {
    const at = `${channel} ${key}`
    this.got.set(at, [...(this.got.get(at) ?? []), what])
  }
}
