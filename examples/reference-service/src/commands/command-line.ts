import { parseArgs } from 'node:util'

/** Thrown for options that can't be used. The message is for the person who gave them. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Reads options from the command line, as `make` writes them (`RATE=100`) or as programs do (`--rate 100`), and from the
 * environment for those that aren't there. Returns `undefined` when help was asked for.
 * @throws UsageError when there is one that isn't among `names`.
 */
export function readValues(
  names: readonly string[],
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Readonly<Record<string, string | undefined>> | undefined {
  const flags = args.map((arg) => arg.replace(/^([A-Z_]+)=/, (_all, name: string) => `--${flagOf(name)}=`))
  try {
    const { values } = parseArgs({
      args: flags.filter((flag) => flag !== '--'),
      options: {
        ...Object.fromEntries(names.map((name) => [flagOf(name), { type: 'string' as const }])),
        help: { type: 'boolean' as const, short: 'h' },
      },
    })
    const given = values as Record<string, string | boolean | undefined>
    if (given['help'] === true) return undefined
    const read = (name: string): string | undefined =>
      (given[flagOf(name)] as string | undefined) ?? environment[name] ?? undefined
    // An empty variable is none: make hands on those that nobody set.
    return Object.fromEntries(names.map((name) => [name, read(name) || undefined]))
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** A finite number above 0, or `fallback` where there is none. */
export function numberOf(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (value > 0 && value < Infinity) return value
  throw new UsageError(`${name} must be a number above 0, got "${text}"`)
}

/** One of `choices`. */
export function oneOf<const T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === text)
  if (choice === undefined) throw new UsageError(`${name} must be ${choices.join(' or ')}, got "${text}"`)
  return choice
}

/** An address that HTTP can be spoken to. */
export function urlOf(name: string, text: string): URL {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol)) return url
  throw new UsageError(`${name} must begin with http:// or https://, got "${text}"`)
}

/** Runs a command of the service: its number is the exit code, and a wrong call is told without a stack trace. */
export async function runCommand(command: (args: readonly string[]) => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
}

function flagOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}
