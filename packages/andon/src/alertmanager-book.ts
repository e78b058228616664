import type { Alert } from './alert.ts'
import type { AlertNotification } from './channel.ts'
import { type AlertmanagerLook, type PostedAlert, postedAlert, postedLabels } from './alertmanager-alert.ts'
import { alertsOf } from './channel-text.ts'
import type { Labels } from './labels.ts'

interface Entry {
  readonly alert: Alert
  /** Those that it was posted with first: its resolve needs the same. */
  readonly labels: Labels
}

/** A firing alert lives this many reposts. */
const LIVES = 4

/** What an Alertmanager has to be told again and again: what fires, and once more what has just resolved. */
export class AlertmanagerBook {
  readonly #look: AlertmanagerLook
  readonly #repostMs: number
  readonly #wallNow: () => number
  readonly #firing = new Map<string, Entry>()
  readonly #resolved = new Map<string, Entry>()

  constructor(look: AlertmanagerLook, repostMs: number, wallNow: () => number) {
    this.#look = look
    this.#repostMs = repostMs
    this.#wallNow = wallNow
  }

  get firing(): number {
    return this.#firing.size
  }

  get resolved(): number {
    return this.#resolved.size
  }

  /** How many of these it does not have yet. */
  unknown(alerts: readonly Alert[]): number {
    return alerts.filter(({ fingerprint }) => !this.#firing.has(fingerprint)).length
  }

  fire(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      this.#resolved.delete(alert.fingerprint)
      this.#firing.set(alert.fingerprint, { alert, labels: this.#labelsOf(alert) })
    }
  }

  /** Keeps what has resolved until it was posted again: a repost that was under way may arrive after the resolve. */
  resolve(alerts: readonly Alert[], maxResolved: number): void {
    for (const alert of alerts) {
      const entry = { alert, labels: this.#labelsOf(alert) }
      this.#firing.delete(alert.fingerprint)
      this.#resolved.set(alert.fingerprint, entry)
      for (const oldest of this.#resolved.keys()) {
        if (this.#resolved.size <= maxResolved) break
        this.#resolved.delete(oldest)
      }
    }
  }

  /** What a notification posts now. A firing that has resolved since then is left out. */
  post({ kind, ...rest }: AlertNotification): PostedAlert[] {
    const alerts = alertsOf({ kind, ...rest })
    if (kind === 'resolved') return alerts.map((alert) => this.#ended({ alert, labels: this.#labelsOf(alert) }))
    return alerts
      .filter(({ fingerprint }) => !this.#resolved.has(fingerprint))
      .map((alert) => this.#lasting({ alert, labels: this.#labelsOf(alert) }))
  }

  /** The fingerprints of everything that has to be posted again, in pieces of `size`. */
  pieces(size: number): string[][] {
    const all = [...this.#resolved.keys(), ...this.#firing.keys()]
    return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
      all.slice(index * size, (index + 1) * size),
    )
  }

  /** These as they stand now, and what to call once they have arrived. */
  repost(fingerprints: readonly string[]): { readonly posted: PostedAlert[]; readonly arrived: () => void } {
    const resolved = fingerprints.flatMap((fingerprint) => this.#resolved.get(fingerprint) ?? [])
    const firing = fingerprints.flatMap((fingerprint) => this.#firing.get(fingerprint) ?? [])
    return {
      posted: [...resolved.map((entry) => this.#ended(entry)), ...firing.map((entry) => this.#lasting(entry))],
      arrived: () => {
        for (const entry of resolved) {
          const { fingerprint } = entry.alert
          if (this.#resolved.get(fingerprint) === entry) this.#resolved.delete(fingerprint)
        }
      },
    }
  }

  clear(): void {
    this.#firing.clear()
    this.#resolved.clear()
  }

  #labelsOf(alert: Alert): Labels {
    const { fingerprint } = alert
    const known = this.#firing.get(fingerprint) ?? this.#resolved.get(fingerprint)
    return known?.labels ?? postedLabels(alert, this.#look)
  }

  #lasting({ alert, labels }: Entry): PostedAlert {
    return postedAlert(alert, labels, this.#wallNow() + LIVES * this.#repostMs, this.#look)
  }

  #ended({ alert, labels }: Entry): PostedAlert {
    const nowMs = this.#wallNow()
    const endsAtMs = alert.endsAt === null ? nowMs : Math.min(Date.parse(alert.endsAt), nowMs)
    return postedAlert(alert, labels, endsAtMs, this.#look)
  }
}
