import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import type { Logger } from 'pino'
import { type RuleSet, RulesError, readRules } from './rules-read.ts'

/** How often it is looked whether the file has changed, in ms. A poll: Kubernetes swaps links where others write. */
const LOOK_MS = 500

/** A file of rules, and what it is changed to. */
export class RulesFile {
  readonly path: string
  /** Why it can't be used as it is now. */
  error: string | undefined
  readonly #log: Logger
  #text: string | undefined
  #use: (rules: RuleSet) => void = () => {}
  readonly #look = (): void => this.refresh()

  constructor(path: string, log: Logger) {
    this.path = path
    this.#log = log
  }

  /** What it says at the start. @throws {RulesError} when it can't be read or used. */
  read(): RuleSet {
    this.#text = this.#load()
    return readRules(this.#text)
  }

  /** From now on `use` gets each change that can be used. What it throws is the error of the file. */
  watch(use: (rules: RuleSet) => void): void {
    this.#use = use
    watchFile(this.path, { interval: LOOK_MS, persistent: false }, this.#look)
  }

  stop(): void {
    unwatchFile(this.path, this.#look)
  }

  /** Looks at it now. */
  refresh(): void {
    try {
      const text = this.#load()
      if (text === this.#text) return
      this.#text = text
      this.#use(readRules(text))
      this.error = undefined
      this.#log.info({ file: this.path }, 'the alert rules were loaded')
    } catch (error) {
      this.error = error instanceof Error ? error.message : String(error)
      this.#log.error({ file: this.path, error: this.error }, 'the alert rules were not loaded: those before hold')
    }
  }

  #load(): string {
    try {
      return readFileSync(this.path, 'utf8')
    } catch (error) {
      // When it is back it is read, even if it is as it was.
      this.#text = undefined
      throw new RulesError([`it can't be read: ${error instanceof Error ? error.message : String(error)}`], {
        cause: error,
      })
    }
  }
}
