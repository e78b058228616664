import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../../scripts/packages.ts'
import type { ExpectStatic } from 'vitest'
import { RunningService } from '../service.ts'

// Commands run as they stand in the pages, with these changes: curl and make are led to the port of the service under test,
// and what waits (sleep, timeout, the seconds of a load test) waits LAPSE times shorter.

const PRELUDE = `
shorter() { jq -n "$1 / $LAPSE"; }
curl() { command curl --show-error "\${@//localhost:8080/localhost:$SERVICE_PORT}"; }
sleep() { command sleep "$(shorter "$1")"; }
timeout() { local seconds; seconds=$(shorter "$1"); shift; command timeout "$seconds" "$@"; }
make() {
  local args=() arg
  for arg in "$@"; do
    case $arg in
      DURATION=*|HOLD=*) arg="\${arg%%=*}=$(shorter "\${arg#*=}")" ;;
    esac
    args+=("$arg")
  done
  command make --no-print-directory --directory "$ROOT" URL="http://localhost:$SERVICE_PORT" $MAKE_DEFAULTS "\${args[@]}"
}
export -f shorter curl sleep timeout make
`

/** A page whose commands are run, and what is asserted of them. */
export interface LabTest {
  readonly title: string
  /** The service's, beside its defaults. */
  readonly environment: Readonly<Record<string, string>>
  /** How many times shorter everything waits. */
  readonly lapse: number
  /** What every `make` is told, such as the length of a load test that has none in the page. */
  readonly makeDefaults?: string
  readonly assert: (lab: Lab, expect: ExpectStatic) => Promise<void>
}

/** A service, and a shell in which the commands of a page reach it. */
export class Lab implements AsyncDisposable {
  readonly service: RunningService
  readonly #lapse: number
  readonly #makeDefaults: string
  readonly #directory = mkdtempSync(join(tmpdir(), 'tps-lab-'))
  readonly #shells = new Set<ChildProcess>()

  private constructor(service: RunningService, lapse: number, makeDefaults: string) {
    this.service = service
    this.#lapse = lapse
    this.#makeDefaults = makeDefaults
    symlinkSync(join(root, 'examples'), join(this.#directory, 'examples'))
  }

  /**
   * @param environment the service's, beside its defaults.
   * @param lapse how many times shorter everything waits.
   * @param makeDefaults what every `make` is told, such as the length of a load test that has none in the page.
   */
  static async start(environment: Readonly<Record<string, string>>, lapse: number, makeDefaults = ''): Promise<Lab> {
    return new Lab(await RunningService.start(environment), lapse, makeDefaults)
  }

  /** Runs the commands in order and resolves with what each printed. */
  async runAll(commands: readonly string[]): Promise<string[]> {
    const printed: string[] = []
    for (const code of commands) printed.push(await this.run(code))
    return printed
  }

  /** Runs one command. What the service has logged is in tps.log. Rejects with what it said when it fails. */
  async run(code: string): Promise<string> {
    writeFileSync(
      join(this.#directory, 'tps.log'),
      this.service.log.map((line) => `${JSON.stringify(line)}\n`).join(''),
    )
    const shell = spawn('bash', ['-c', PRELUDE + code], {
      cwd: this.#directory,
      // A group of its own: what it leaves in the background can be ended with it.
      detached: true,
      env: {
        PATH: process.env['PATH'],
        ROOT: root,
        SERVICE_PORT: String(this.service.port),
        LAPSE: String(this.#lapse),
        MAKE_DEFAULTS: this.#makeDefaults,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#shells.add(shell)
    let printed = ''
    let errors = ''
    shell.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    shell.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    const [exitCode] = (await once(shell, 'close')) as [number | null]
    // 23: who reads has had enough, as in "| head".
    if (exitCode !== 0 || /curl: \((?!23\))/.test(errors))
      throw new Error(`the command ended with ${exitCode}:\n${code}\n${printed}\n${errors}`)
    return printed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { pid } of this.#shells) {
      try {
        if (pid !== undefined) process.kill(-pid, 'SIGKILL')
      } catch {
        // The whole group has ended by itself.
      }
    }
    await this.service[Symbol.asyncDispose]()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

/** The JSON documents that jq printed one after the other. */
export function documents(printed: string): unknown[] {
  const found: unknown[] = []
  let text = ''
  for (const line of printed.split('\n')) {
    text += `${line}\n`
    try {
      found.push(JSON.parse(text))
      text = ''
    } catch {
      // Not complete yet.
    }
  }
  return found
}
