import { type Alert, byUrgency } from './alert.ts'
import type { AlertNotification } from './channel.ts'
import type { Labels } from './labels.ts'
import type { ChannelSnapshot, Outbox, OwedNotification } from './outbox.ts'
import type { GroupPlace } from './routes.ts'

/** Why a firing alert is told once more, or told in another way. */
export type Reason = AlertNotification['reason']

/** One alert on its way to a channel. */
export interface Message {
  readonly id: string
  readonly alert: Alert
  readonly reason?: Reason
}

/** A group of a channel as it is saved. */
export interface SavedGroup {
  readonly key: string
  readonly labels: Labels
  /** Fingerprints of the alerts that the channel knows as firing, as part of this group. */
  readonly open: readonly string[]
}

/** What one channel was told, and what it still has to be told. */
export interface SavedChannel {
  readonly name: string
  /** The alerts that it takes for firing. */
  readonly open: readonly Alert[]
  /** What was given to it and has no answer yet. */
  readonly owed: readonly OwedNotification[]
  readonly groups: readonly SavedGroup[]
}

interface Group {
  readonly key: string
  readonly labels: Labels
  readonly waitMs: number
  readonly intervalMs: number
  /** What has changed since it was told last, by fingerprint: one entry for each alert. */
  readonly changed: Map<string, Message>
  /** The alerts that the channel knows as firing, as part of this group. */
  readonly open: Set<string>
  /** When it was told last; `undefined` before. */
  toldMs: number | undefined
  dueMs: number
}

/** What a delivery has to know of the rest. */
export interface DeliveryContext {
  /** Whether this alert must not be told now. */
  readonly isHeldBack: (fingerprint: string) => boolean
  /** Part of the ids of groups: different each time. */
  readonly nextId: () => string
}

/** Tells one channel about alerts, one by one or in groups. Every alert stays on the way on which it was told first. */
export class Delivery {
  readonly outbox: Outbox
  readonly #context: DeliveryContext
  readonly #groups = new Map<string, Group>()
  /** The group of each alert that is collected, or open as part of one. */
  readonly #groupOf = new Map<string, Group>()

  constructor(outbox: Outbox, context: DeliveryContext) {
    this.outbox = outbox
    this.#context = context
  }

  /** Whether the channel takes this alert for firing, or will once its group is told. */
  knows(fingerprint: string): boolean {
    const group = this.#groupOf.get(fingerprint)
    return group ? group.changed.get(fingerprint)?.alert.state !== 'resolved' : this.outbox.isOpen(fingerprint)
  }

  /** The alert fires: now, still, or in another way. */
  fire(message: Message, place: GroupPlace | undefined, nowMs: number): void {
    const { alert, reason } = message
    const { fingerprint } = alert
    const group = this.#groupOf.get(fingerprint) ?? this.#groupFor(fingerprint, place)
    const lane = this.outbox.laneOf(fingerprint)
    // It is being told already: no use to let repeats pile up behind a slow channel.
    if (reason === 'repeat' && (lane !== undefined || group?.changed.has(fingerprint))) return
    if (group) this.#collect(group, message, nowMs)
    else this.outbox.post(firingOf(message), lane)
  }

  /** The alert has resolved. Nothing happens when the channel was never told of it. */
  resolve(message: Message, nowMs: number): void {
    const { fingerprint } = message.alert
    const group = this.#groupOf.get(fingerprint)
    if (!group) {
      const { id, alert } = message
      this.outbox.post(freeze({ id, kind: 'resolved', alert }), this.outbox.laneOf(fingerprint))
    } else if (group.open.has(fingerprint)) this.#collect(group, message, nowMs)
    else this.#leave(group, fingerprint)
  }

  /** Tells the groups whose time has come; with `isLast` all of them. O(groups). */
  flush(nowMs: number, isLast = false): void {
    for (const group of this.#groups.values()) if (isLast || group.dueMs <= nowMs) this.#tell(group, nowMs)
  }

  /** Ends it. What groups hold is dropped, as what waits is. */
  close(): void {
    for (const group of this.#groups.values()) {
      for (const kind of ['resolved', 'firing'] as const)
        for (const notification of this.#notify(group, kind, messagesOf(group, kind)))
          this.outbox.drop(notification, 'closed')
      group.changed.clear()
    }
    this.outbox.close()
  }

  snapshot(): ChannelSnapshot {
    let collecting = 0
    for (const { changed } of this.#groups.values()) collecting += changed.size
    return this.outbox.snapshot(collecting)
  }

  save(): SavedChannel {
    const groups = [...this.#groups.values()].filter(({ open }) => open.size > 0)
    return {
      name: this.outbox.name,
      open: this.outbox.open(),
      owed: this.outbox.owed(),
      groups: groups.map(({ key, labels, open }) => ({ key, labels, open: [...open] })),
    }
  }

  /** Goes on where another one was saved. */
  restore({ open, owed, groups }: SavedChannel): void {
    this.outbox.restore(open, owed)
    for (const { key, labels, open: fingerprints } of groups) {
      const group = this.#begin({ key, labels, waitMs: 0, intervalMs: 0 })
      for (const fingerprint of fingerprints) {
        if (!this.outbox.isOpen(fingerprint)) continue
        group.open.add(fingerprint)
        this.#groupOf.set(fingerprint, group)
      }
      if (group.open.size === 0) this.#groups.delete(key)
    }
  }

  /** A group that was restored goes on with the times that it has by now. */
  adopt({ key, waitMs, intervalMs }: GroupPlace): void {
    const group = this.#groups.get(key)
    if (group) Object.assign(group, { waitMs, intervalMs })
  }

  /** A group for an alert that is new to the channel; none when it is open, or under way, without one. */
  #groupFor(fingerprint: string, place: GroupPlace | undefined): Group | undefined {
    if (!place || this.outbox.isOpen(fingerprint)) return undefined
    const lane = this.outbox.laneOf(fingerprint)
    if (lane !== undefined && lane !== place.key) return undefined
    return this.#groups.get(place.key) ?? this.#begin(place)
  }

  #begin(place: GroupPlace): Group {
    const group: Group = { ...place, changed: new Map(), open: new Set(), toldMs: undefined, dueMs: Infinity }
    this.#groups.set(place.key, group)
    return group
  }

  #collect(group: Group, message: Message, nowMs: number): void {
    const { alert } = message
    const { fingerprint } = alert
    const before = group.changed.get(fingerprint)
    // It has resolved and fires again before anybody heard of it: for the channel it went on all the time.
    if (before?.alert.state === 'resolved' && alert.state === 'firing' && !message.reason)
      group.changed.delete(fingerprint)
    else group.changed.set(fingerprint, message)
    this.#groupOf.set(fingerprint, group)
    if (group.changed.size === 0) group.dueMs = Infinity
    else if (group.dueMs === Infinity)
      group.dueMs = group.toldMs === undefined ? nowMs + group.waitMs : Math.max(nowMs, group.toldMs + group.intervalMs)
    if (group.dueMs <= nowMs) this.#tell(group, nowMs)
  }

  #tell(group: Group, nowMs: number): void {
    group.dueMs = Infinity
    const resolved = messagesOf(group, 'resolved')
    const firing = messagesOf(group, 'firing').filter(({ alert: { fingerprint } }) => {
      if (group.open.has(fingerprint) || !this.#context.isHeldBack(fingerprint)) return true
      this.#leave(group, fingerprint)
      return false
    })
    group.changed.clear()
    for (const { alert } of resolved) this.#close(group, alert.fingerprint)
    for (const notification of this.#notify(group, 'resolved', resolved)) this.outbox.post(notification, group.key)
    const fresh = firing.filter(({ alert }) => !group.open.has(alert.fingerprint))
    for (const { alert } of fresh) group.open.add(alert.fingerprint)
    for (const notification of this.#notify(group, 'firing', firing))
      if (!this.outbox.post(notification, group.key))
        for (const { alert } of fresh) this.#close(group, alert.fingerprint)
    if (resolved.length + firing.length > 0) group.toldMs = nowMs
    this.#forget(group)
  }

  /** None or one notification about these. */
  #notify(group: Group, kind: 'firing' | 'resolved', messages: readonly Message[]): AlertNotification[] {
    const { key, labels, open } = group
    const alerts = Object.freeze(messages.map(({ alert }) => alert).toSorted(byUrgency))
    const [alert] = alerts
    if (!alert) return []
    const reasons = new Set(messages.map((message) => message.reason))
    const reason = reasons.has(undefined) ? undefined : REASONS.find((each) => reasons.has(each))
    const id = `${key}@${this.#context.nextId()}/${kind}`
    const notification = { id, kind, alert, alerts, group: Object.freeze({ key, labels, firing: open.size }) }
    return [freeze(reason ? { ...notification, reason } : notification)]
  }

  #leave(group: Group, fingerprint: string): void {
    group.changed.delete(fingerprint)
    this.#groupOf.delete(fingerprint)
    if (group.changed.size === 0) group.dueMs = Infinity
    this.#forget(group)
  }

  #close(group: Group, fingerprint: string): void {
    group.open.delete(fingerprint)
    this.#groupOf.delete(fingerprint)
  }

  /** A group that has nobody left begins anew with the next alert. */
  #forget(group: Group): void {
    if (group.open.size + group.changed.size === 0) this.#groups.delete(group.key)
  }
}

/** A group without news is told for the first of these that one of its alerts is told for. */
const REASONS = ['flapping', 'escalation', 'repeat'] as const

function messagesOf({ changed }: Group, kind: 'firing' | 'resolved'): Message[] {
  return [...changed.values()].filter(({ alert }) => alert.state === kind)
}

function firingOf({ id, alert, reason }: Message): AlertNotification {
  return freeze(reason ? { id, kind: 'firing', alert, reason } : { id, kind: 'firing', alert })
}

function freeze(notification: AlertNotification): AlertNotification {
  return Object.freeze(notification)
}
