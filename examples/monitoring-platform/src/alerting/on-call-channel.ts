import type { Alert, AlertNotification, Channel, SendContext } from '@tps/andon'
import { type OnCallSchedule, onCallAt } from './on-call.ts'

/** Who is on call, and how each of them is reached. */
export interface Duty {
  readonly schedule: OnCallSchedule
  /** By name. */
  readonly people: ReadonlyMap<string, Channel>
}

/**
 * A channel to whoever is on call at the moment. Who was told of a firing is told of its resolve, whoever is on call by then.
 */
export class OnCallChannel implements Channel {
  readonly name = 'on-call'
  readonly #wallNow: () => number
  #duty: Duty | undefined
  /** By fingerprint of an alert: who takes it for firing. */
  readonly #told = new Map<string, Set<Channel>>()

  /** @param wallNow ms since 1970. */
  constructor(wallNow: () => number = Date.now) {
    this.#wallNow = wallNow
  }

  /** From now on these are asked. */
  set duty(duty: Duty | undefined) {
    this.#duty = duty
  }

  /** Who takes which alert for firing, by the names of their channels. */
  told(): readonly (readonly [fingerprint: string, channels: readonly string[]])[] {
    return Array.from(this.#told, ([fingerprint, told]) => [fingerprint, Array.from(told, ({ name }) => name)])
  }

  /** Goes on with what `told` said in another process, as far as those channels are known. */
  restore(told: readonly (readonly [fingerprint: string, channels: readonly string[]])[]): void {
    const people = [...(this.#duty?.people.values() ?? [])]
    for (const [fingerprint, names] of told) {
      const channels = people.filter(({ name }) => names.includes(name))
      if (channels.length > 0) this.#told.set(fingerprint, new Set(channels))
    }
  }

  /** @throws what the channel of the one on call throws. */
  async send(notification: AlertNotification, context: SendContext): Promise<void> {
    const alerts = notification.alerts ?? [notification.alert]
    if (notification.kind === 'resolved') return await this.#resolve(notification, alerts, context)
    if (!this.#duty) throw Object.assign(new Error('there is no on-call schedule'), { retryable: false })
    const { schedule, people } = this.#duty
    const { name } = onCallAt(schedule, this.#wallNow())
    const person = people.get(name)
    if (!person) throw new Error(`${name}, who is on call, has no channel`)
    for (const { fingerprint } of alerts) {
      const told = this.#told.get(fingerprint)
      if (told) told.add(person)
      else this.#told.set(fingerprint, new Set([person]))
    }
    return await person.send(notification, context)
  }

  async #resolve(notification: AlertNotification, alerts: readonly Alert[], context: SendContext): Promise<void> {
    const concerned = new Map<Channel, Alert[]>()
    for (const alert of alerts)
      for (const person of this.#told.get(alert.fingerprint) ?? [])
        concerned.set(person, [...(concerned.get(person) ?? []), alert])
    await Promise.all(
      Array.from(concerned, async ([person, [alert, ...others]]) => {
        const own = { ...notification, alert: alert!, ...(notification.alerts && { alerts: [alert!, ...others] }) }
        await person.send(own, context)
        for (const { fingerprint } of [alert!, ...others]) {
          const told = this.#told.get(fingerprint)
          told?.delete(person)
          if (told?.size === 0) this.#told.delete(fingerprint)
        }
      }),
    )
  }
}
