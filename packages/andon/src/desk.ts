import type { SafeEmitter } from '@tps/internal'
import type { Change } from './alert-machine.ts'
import type { AlertState } from './alert-state.ts'
import { type Alert, alertOf } from './alert.ts'
import { Delivery, type Reason } from './delivery.ts'
import type { AlertEvents } from './events.ts'
import { History } from './history.ts'
import { type HoldBack, Incident } from './incident.ts'
import { Inhibitions } from './inhibitions.ts'
import { Matcher, type Matchers } from './matchers.ts'
import type { CheckedOptions } from './options.ts'
import { Outbox } from './outbox.ts'
import type { Destination, Routes } from './routes.ts'
import type { Series } from './series.ts'
import { Silences } from './silences.ts'
import type { Telling } from './telling.ts'
import { readWall } from './wall.ts'

/** Decides who is told what of the alerts that fire, and when. */
export class Desk {
  readonly silences: Silences
  readonly history: History
  readonly incidents: Map<string, Incident> = new Map()
  readonly deliveries: readonly Delivery[]
  /** Alerts that fired and had no channel to go to, although there are channels. */
  unrouted = 0
  sequence = 0
  readonly #inhibitions: Inhibitions
  readonly #routes: Routes
  readonly #byName: ReadonlyMap<string, Delivery>
  readonly #repeatEveryMs: number
  readonly #events: SafeEmitter<AlertEvents>
  readonly #telling: Telling
  readonly #now: () => number
  readonly #wallNow: () => number

  constructor(options: CheckedOptions, events: SafeEmitter<AlertEvents>, telling: Telling) {
    const { clock, wallNow, channels, channelCapacity } = options
    this.#now = () => clock.now()
    this.#wallNow = wallNow
    this.#events = events
    this.#telling = telling
    this.silences = new Silences(options.maxSilences)
    this.history = new History(options.historySize)
    this.#inhibitions = new Inhibitions(options.inhibitions)
    this.#routes = options.routes
    this.#repeatEveryMs = options.repeatEveryMs
    const context = {
      isHeldBack: (fingerprint: string) => this.#isHeldBack(fingerprint),
      nextId: () => `${new Date(Math.round(readWall(wallNow))).toISOString()}/${this.sequence++}`,
    }
    this.deliveries = channels.map(
      (channel) =>
        new Delivery(new Outbox(channel, channelCapacity, (event) => telling.deliveryFailed(event)), context),
    )
    this.#byName = new Map(this.deliveries.map((delivery) => [delivery.outbox.name, delivery]))
  }

  /** Takes a change of state: what depends on it is committed, what is to be told waits in `Telling`. */
  changed({ series, before, after, flap, nowMs }: Change): void {
    if (before.kind === 'inactive') series.wallOffsetMs = readWall(this.#wallNow) - nowMs
    const isFiring = after.kind === 'firing'
    if (isFiring && before.kind !== 'firing') this.#fires(series, after, nowMs)
    if (flap) this.#flaps(series, flap, before.kind === 'firing' ? before : after, before.kind !== 'firing', nowMs)
    if (!isFiring && before.kind === 'firing') this.#resolves(series, before, nowMs)
    else if (after.kind === 'inactive' && before.kind === 'pending') this.#later('inactive', series, before, nowMs)
    if (after.kind === 'pending') this.#later('pending', series, after, nowMs)
  }

  /** Looks at everything that time has brought. O(alerts that fire + groups). */
  pass(nowMs: number): void {
    for (const silence of this.silences.expire(nowMs)) this.#events.emit('silenceEnded', silence)
    for (const incident of this.incidents.values()) {
      this.#refresh(incident, nowMs)
      if (incident.heldBack || incident.acknowledgement) continue
      this.#inform(incident, nowMs)
      const escalated = this.#escalate(incident, nowMs)
      if (incident.acknowledgement || nowMs - incident.repeatedMs < this.#repeatEveryMs) continue
      incident.repeatedMs = nowMs
      if (this.#events.has('repeated')) this.#events.emit('repeated', incident.alertAt(nowMs))
      const others = this.#destinations(incident).filter(({ channel }) => !escalated.has(channel))
      this.#tell(incident, others, nowMs, 'repeat')
    }
    for (const delivery of this.deliveries) delivery.flush(nowMs)
  }

  /** Acknowledges what fires and is meant, unless somebody has before. Returns what it has acknowledged. */
  acknowledge(target: string | Matchers, by: string, comment: string, nowMs: number): Alert[] {
    const matcher = typeof target === 'string' ? undefined : new Matcher('target', target)
    const meant = matcher
      ? [...this.incidents.values()].filter(({ series }) => matcher.matches(series))
      : [this.incidents.get(target as string)]
    return meant.flatMap((incident) => {
      if (!incident || incident.acknowledgement) return []
      incident.acknowledgement = Object.freeze({ by, comment })
      const alert = incident.alertAt(nowMs)
      this.#telling.later(() => this.#events.emit('acknowledged', { alert, by, comment }))
      return [alert]
    })
  }

  /** Goes on with an incident that was told already. */
  resume(incident: Incident, fingerprint: string): void {
    this.incidents.set(fingerprint, incident)
    this.#inhibitions.begin(incident.series)
    for (const { channel, group } of this.#destinations(incident)) if (group) this.#byName.get(channel)?.adopt(group)
  }

  /** An incident of `series`; a new one gets a number of its own. */
  incidentOf(series: Series, state: AlertState, sequence: number = this.sequence++): Incident {
    return new Incident(series, state, this.#routes.of(series), sequence)
  }

  /** Gives the resolve to every channel that takes the alert for firing. */
  resolve(alert: Alert, incident?: Incident): void {
    const id = incident?.idOf(alert, 'resolved') ?? `${alert.fingerprint}@${alert.startsAt}/${this.sequence++}/resolved`
    const nowMs = this.#now()
    for (const delivery of this.deliveries) delivery.resolve({ id, alert }, nowMs)
  }

  #later(event: 'pending' | 'inactive', series: Series, state: AlertState, nowMs: number): void {
    if (!this.#events.has(event)) return
    const alert = alertOf(series, state, event, nowMs)
    this.#telling.later(() => this.#events.emit(event, alert))
  }

  #fires(series: Series, state: AlertState, nowMs: number): void {
    this.#inhibitions.begin(series)
    const alert = alertOf(series, state, 'firing', nowMs)
    this.#telling.later(() => {
      const incident = this.incidentOf(series, state)
      this.incidents.set(alert.fingerprint, incident)
      const { first, escalation } = incident.itinerary
      if (first.length + escalation.length === 0 && this.deliveries.length > 0) this.unrouted++
      this.#events.emit('firing', alert)
      const toldMs = this.#now()
      this.#refresh(incident, toldMs)
      if (!incident.heldBack && !incident.acknowledgement) this.#inform(incident, toldMs, alert)
    })
  }

  #resolves(series: Series, state: AlertState, nowMs: number): void {
    this.#inhibitions.end(series)
    const { acknowledgement } = this.incidents.get(series.fingerprint) ?? {}
    const notes = acknowledgement && { acknowledgedBy: acknowledgement.by }
    const alert = alertOf(series, state, 'resolved', nowMs, notes)
    this.history.add(alert)
    this.#telling.later(() => {
      const incident = this.incidents.get(alert.fingerprint)
      this.incidents.delete(alert.fingerprint)
      this.#events.emit('resolved', alert)
      this.resolve(alert, incident)
    })
  }

  #flaps(series: Series, flap: 'begins' | 'ends', state: AlertState, isNew: boolean, nowMs: number): void {
    const event = flap === 'begins' ? 'flapping' : 'steady'
    const alert = alertOf(series, state, 'firing', nowMs)
    this.#telling.later(() => {
      this.#events.emit(event, alert)
      const incident = this.incidents.get(alert.fingerprint)
      // One that is new was told that it flaps when it was told first.
      if (!incident || flap === 'ends' || isNew || incident.heldBack || incident.acknowledgement) return
      this.#tell(incident, this.#destinations(incident), this.#now(), 'flapping', alert)
    })
  }

  /** Tells the channels that don't know yet. */
  #inform(incident: Incident, nowMs: number, alert?: Alert): void {
    if (incident.isInformed) return
    incident.isInformed = true
    if (incident.toldMs === undefined) incident.toldMs = incident.repeatedMs = nowMs
    this.#tell(incident, this.#destinations(incident), nowMs, undefined, alert)
  }

  /** Takes the steps that are due. Returns the channels that were told by it. */
  #escalate(incident: Incident, nowMs: number): ReadonlySet<string> {
    const { toldMs = nowMs, itinerary } = incident
    const told = new Set<string>()
    for (let next = itinerary.escalation[incident.step]; next; next = itinerary.escalation[incident.step]) {
      if (nowMs - toldMs < next.afterMs) break
      incident.step++
      const { step } = incident
      const channels = next.destinations.map(({ channel }) => channel)
      if (this.#events.has('escalated'))
        this.#events.emit('escalated', { alert: incident.alertAt(nowMs), step, channels })
      // A listener may have acknowledged it.
      if (incident.acknowledgement) break
      this.#tell(incident, next.destinations, nowMs, 'escalation')
      for (const channel of channels) told.add(channel)
    }
    return told
  }

  #tell(
    incident: Incident,
    destinations: readonly Destination[],
    nowMs: number,
    reason: Reason,
    alert: Alert = incident.alertAt(nowMs),
  ): void {
    const first = alert.isFlapping ? 'flapping' : undefined
    if (reason) incident.retold++
    for (const { channel, group } of destinations) {
      const delivery = this.#byName.get(channel)
      const isKnown = delivery?.knows(alert.fingerprint) ?? true
      if (isKnown && !reason) continue
      const why = reason === 'repeat' && !isKnown ? first : (reason ?? first)
      const id = incident.idOf(alert, isKnown || why ? `firing/${why}-${incident.retold}` : 'firing')
      delivery?.fire(why ? { id, alert, reason: why } : { id, alert }, group, nowMs)
    }
  }

  #destinations({ itinerary, step }: Incident): readonly Destination[] {
    if (step === 0) return itinerary.first
    const later = itinerary.escalation.slice(0, step).flatMap(({ destinations }) => destinations)
    return [...new Map([...itinerary.first, ...later].map((each) => [each.channel, each])).values()]
  }

  #isHeldBack(fingerprint: string): boolean {
    const incident = this.incidents.get(fingerprint)
    if (!incident) return false
    this.#refresh(incident, this.#now())
    return incident.heldBack !== undefined
  }

  /** Finds out whether the alert may be told. */
  #refresh(incident: Incident, nowMs: number): void {
    const version = this.silences.version + this.#inhibitions.version
    if (version === incident.heldBackVersion) return
    incident.heldBackVersion = version
    const { series, heldBack: before } = incident
    const silence = this.silences.find(series, nowMs)
    const inhibitor = silence ? undefined : this.#inhibitions.find(series)?.fingerprint
    const after: HoldBack | undefined = silence ? { silence } : inhibitor === undefined ? undefined : { inhibitor }
    if (whoseIs(before) === whoseIs(after)) return
    incident.heldBack = after
    incident.isInformed = false
    const alert = incident.alertAt(nowMs)
    if (silence) this.#events.emit('silenced', { alert, silence })
    else if (inhibitor !== undefined) this.#events.emit('inhibited', { alert, by: inhibitor })
    else this.#events.emit('released', alert)
  }
}

function whoseIs(heldBack: HoldBack | undefined): string | undefined {
  return heldBack && ('silence' in heldBack ? `silence ${heldBack.silence.id}` : `alert ${heldBack.inhibitor}`)
}
