import type { Settings, SettingsStore } from '../settings.ts'
import type { NatsLink } from './link.ts'
import { REPORT_MS } from './report.ts'

/** What an API tells all processes, again and again: plain JSON. */
interface Control {
  /** When it was last changed, in ms since 1970: of two, the later one holds. */
  readonly changedAt: number
  /** The settings that were changed since the start; the others are as each process was started. */
  readonly settings: Partial<Settings>
  /** Why the workers stand still; empty when they don't. */
  readonly stops: readonly string[]
}

/** What an API has the other processes do. */
export class ControlDesk {
  readonly #link: NatsLink
  readonly #settings: SettingsStore
  readonly #stops = new Set<string>()
  #changedAt = 0
  #isHearing = false
  #timer: NodeJS.Timeout | undefined
  #unlisten: (() => void) | undefined

  constructor(link: NatsLink, settings: SettingsStore) {
    this.#link = link
    this.#settings = settings
  }

  start(): void {
    // What the settings file says holds everywhere.
    if (Object.keys(this.#settings.changed).length > 0) this.#changed()
    let first = true
    this.#settings.follow(() => {
      if (first || this.#isHearing) first = false
      else this.#changed()
    })
    this.#timer = setInterval(() => this.#tell(), REPORT_MS).unref()
    // There may be several APIs: what was changed at one of them holds at all.
    this.#unlisten = this.#link.listen('control', (message) => {
      const { changedAt, settings } = message as Control
      if (changedAt <= this.#changedAt) return
      this.#changedAt = changedAt
      this.#isHearing = true
      this.#settings.change(settings)
      this.#isHearing = false
    })
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#unlisten?.()
  }

  /** Workers take nothing more, until every reason is gone. */
  pause(reason: string): void {
    this.#stops.add(reason)
    this.#changed()
  }

  resume(reason: string): void {
    if (this.#stops.delete(reason)) this.#changed()
  }

  #changed(): void {
    this.#changedAt = Date.now()
    this.#tell()
  }

  #tell(): void {
    if (this.#changedAt === 0) return
    const control: Control = {
      changedAt: this.#changedAt,
      settings: this.#settings.changed,
      stops: [...this.#stops],
    }
    this.#link.tell('control', control)
  }
}

/** Has this process do what the APIs say. Returns what ends it. */
export function followControl(
  link: NatsLink,
  settings: SettingsStore,
  work?: { pause(reason: string): void; resume(reason: string): void },
): () => void {
  let last: Control = { changedAt: 0, settings: {}, stops: [] }
  return link.listen('control', (message) => {
    const control = message as Control
    if (control.changedAt <= last.changedAt) return
    const before = last
    last = control
    settings.change(control.settings)
    for (const reason of control.stops) work?.pause(reason)
    for (const reason of before.stops) if (!control.stops.includes(reason)) work?.resume(reason)
  })
}
