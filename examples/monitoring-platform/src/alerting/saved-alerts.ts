import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import type { SavedAlertEmitter } from '@tps/andon'
import type { Logger } from 'pino'
import type { AlertEventAnswer } from './answers.ts'

/** What another process needs to go on with the alerts, as plain JSON. */
export interface SavedAlerts {
  readonly version: 1
  readonly emitter: SavedAlertEmitter
  /** Each rule as it was: alerts of one that is another by now don't go on. */
  readonly rules: Readonly<Record<string, string>>
  /** By fingerprint: the names of the channels that were told because they were on call. */
  readonly onCall: readonly (readonly [fingerprint: string, channels: readonly string[]])[]
  /** The latest first. */
  readonly events: readonly AlertEventAnswer[]
}

/** The file that alerts are kept in. */
export class AlertsFile {
  readonly #path: string
  readonly #log: Logger

  constructor(path: string, log: Logger) {
    this.#path = path
    this.#log = log
  }

  /** What was saved last; `undefined` when there is nothing that can be used. */
  read(): SavedAlerts | undefined {
    try {
      const saved = JSON.parse(readFileSync(this.#path, 'utf8')) as SavedAlerts
      if (saved.version === 1) return saved
      this.#log.error({ file: this.#path }, 'the saved alerts are of another version: beginning anew')
    } catch (error) {
      const isNew = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!isNew) this.#log.error({ file: this.#path, err: error }, 'the saved alerts can not be read: beginning anew')
    }
    return undefined
  }

  /** One at a time. Waits for no disk. A failure is logged and changes nothing. */
  async write(saved: SavedAlerts): Promise<void> {
    try {
      await writeFile(`${this.#path}.new`, JSON.stringify(saved))
      await rename(`${this.#path}.new`, this.#path)
    } catch (error) {
      this.#log.error({ file: this.#path, err: error }, 'the alerts can not be saved')
    }
  }
}
