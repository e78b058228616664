import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import type { Logger } from 'pino'
import { Value } from 'typebox/value'
import { type Settings, SettingsSchema, type SettingsStore } from '../settings.ts'
import { ConfigError } from './check.ts'
import { expectedOf } from './problems.ts'

/** How often it is looked whether the file has changed, in ms. A poll: Kubernetes swaps links where others write. */
const LOOK_MS = 500

/** What was read of a file. */
export interface ReadSettings {
  readonly settings: Partial<Settings>
  /** What can't be used, in words. */
  readonly problems: readonly string[]
}

/**
 * Reads settings as the ConfigMap `tps-config` has them: a JSON object, whole manifest or its `data` alone, or lines of
 * `key: value` or `key=value`. Values may be text. Keys that are no settings are problems; those left out stay as they are.
 */
export function parseSettings(text: string): ReadSettings {
  const problems: string[] = []
  const settings: Record<string, unknown> = {}
  for (const [key, given] of Object.entries(entriesOf(text, problems))) {
    const schema = SettingsSchema.properties[key as keyof Settings]
    if (!schema) {
      problems.push(`there is no setting "${key}"`)
      continue
    }
    const value = typeof given === 'string' ? fromText(given) : given
    if (Value.Check(schema, value)) settings[key] = value
    else problems.push(`${key} must be ${expectedOf(schema)}; it is ${JSON.stringify(given)}`)
  }
  return { settings, problems }
}

function entriesOf(text: string, problems: string[]): Readonly<Record<string, unknown>> {
  if (!text.trimStart().startsWith('{')) return linesOf(text, problems)
  try {
    const json = JSON.parse(text) as Record<string, unknown>
    const data = json['data']
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : json
  } catch (error) {
    problems.push(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`)
    return {}
  }
}

function linesOf(text: string, problems: string[]): Record<string, string> {
  const entries: Record<string, string> = {}
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#.*)?$/.test(line)) continue
    const [, key, value] = /^\s*([\w.-]+)\s*[:=]\s*(.*?)\s*$/.exec(line) ?? []
    if (key === undefined || value === undefined) problems.push(`line ${index + 1} is no "key: value"`)
    else entries[key] = value.replace(/^(["'])(.*)\1$/, '$2')
  }
  return entries
}

/** A ConfigMap has texts alone. */
function fromText(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** The file whose settings hold, from the start and whenever it changes. */
export class SettingsFile {
  readonly #path: string
  readonly #settings: SettingsStore
  readonly #log: Logger
  #text: string | undefined
  readonly #look = (): void => this.#read()

  constructor(path: string, settings: SettingsStore, log: Logger) {
    this.#path = path
    this.#settings = settings
    this.#log = log.child({ component: 'config', file: path })
  }

  /**
   * Applies what is in the file, and from now on what it is changed to. A change that can't be used is logged, and what can be
   * used of it applies.
   * @throws {ConfigError} when the file can't be read or used at the start.
   */
  start(): void {
    let text: string
    try {
      text = readFileSync(this.#path, 'utf8')
    } catch (error) {
      throw new ConfigError([`TPS_CONFIG_FILE can't be read: ${messageOf(error)}`], { cause: error })
    }
    const { problems } = parseSettings(text)
    if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${this.#path}: ${problem}`))
    this.#apply(text)
    watchFile(this.#path, { interval: LOOK_MS, persistent: false }, this.#look)
  }

  stop(): void {
    unwatchFile(this.#path, this.#look)
  }

  #read(): void {
    try {
      this.#apply(readFileSync(this.#path, 'utf8'))
    } catch (error) {
      // While it is swapped it is not there for a moment; the next look finds it.
      this.#log.warn({ error: messageOf(error) }, 'the settings file can not be read: everything stays as it is')
    }
  }

  #apply(text: string): void {
    if (text === this.#text) return
    this.#text = text
    const { settings, problems } = parseSettings(text)
    if (problems.length > 0) this.#log.error({ problems }, 'what can not be used in the settings file is left out')
    if (Object.keys(settings).length === 0) return
    this.#settings.change(settings)
    this.#log.info({ changed: settings }, 'settings read')
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
