import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../../scripts/packages.ts'
import type { ExpectStatic } from 'vitest'
import { RunningService } from '../service.ts'
import { needPrograms } from './programs.ts'

// Commands run as they stand in the pages, with these changes: curl and make are led to the ports of the service under test;
// what waits (sleep, timeout, --max-time, the seconds of a load test) waits LAPSE times shorter, and so does each key of a body that
// SHORTER names. A sleep is a tenth of a second at least: to ask more often only costs the service its cores. What lab 2 asks of
// jq two hundred times, the status of one answer, the shell reads by itself.

const PRELUDE = `
shorter() {
  local part=0
  [[ $1 == *.* ]] && part=\${1#*.}
  part=\${part}00
  local ms=$(( (10#\${1%%.*} * 1000 + 10#\${part:0:3}) / LAPSE ))
  printf '%d.%03d' $((ms / 1000)) $((ms % 1000))
}
curl() {
  local args=() arg key last=
  for arg in "$@"; do
    [[ $last == --max-time ]] && arg=$(shorter "$arg")
    last=$arg
    arg=\${arg//localhost:8080/localhost:$SERVICE_PORT}
    arg=\${arg//localhost:8081/localhost:$DOWNSTREAM_PORT}
    for key in $SHORTER; do
      [[ $arg =~ ^(.*\\"$key\\":)([0-9]+)(.*)$ ]] &&
        arg="\${BASH_REMATCH[1]}$((BASH_REMATCH[2] / LAPSE))\${BASH_REMATCH[3]}"
    done
    args+=("$arg")
  done
  command curl --show-error "\${args[@]}"
}
jq() {
  [[ $* == "-r .status" ]] || { command jq "$@"; return; }
  local answer
  read -r answer
  [[ $answer =~ \\"status\\":\\"([a-z-]+)\\" ]] && echo "\${BASH_REMATCH[1]}"
}
sleep() {
  local seconds=$(shorter "$1")
  [[ $seconds < 0.1 ]] && seconds=0.1
  command sleep "$seconds"
}
timeout() { local seconds=$(shorter "$1"); shift; command timeout "$seconds" "$@"; }
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
export -f shorter curl jq sleep timeout make
`

/** How commands are run. */
export interface Pace {
  /** How many times shorter everything waits. */
  readonly lapse: number
  /** The keys of bodies that are times of the lab itself, and get shorter as well. Default none. */
  readonly shorter?: readonly string[]
}

/** How the commands of a page are run. */
export interface LabOptions extends Pace {
  /** The service's, beside its defaults. */
  readonly environment: Readonly<Record<string, string>>
  /** What every `make` is told, such as the length of a load test that has none in the page. */
  readonly makeDefaults?: string
}

/** A page whose commands are run, and what is asserted of them. */
export interface LabTest extends LabOptions {
  readonly title: string
  readonly assert: (lab: Lab, expect: ExpectStatic) => Promise<void>
}

/** A service, and a shell in which the commands of a page reach it. */
export class Lab implements AsyncDisposable {
  readonly service: RunningService
  readonly #options: LabOptions
  readonly #directory = mkdtempSync(join(tmpdir(), 'tps-lab-'))
  readonly #shells = new Set<ChildProcess>()

  private constructor(service: RunningService, options: LabOptions) {
    this.service = service
    this.#options = options
    symlinkSync(join(root, 'examples'), join(this.#directory, 'examples'))
  }

  static async start(options: LabOptions): Promise<Lab> {
    await needPrograms()
    return new Lab(await RunningService.start(options.environment), options)
  }

  /** Runs the commands in order and resolves with what each printed. */
  async runAll(commands: readonly string[], pace: Pace = this.#options): Promise<string[]> {
    const printed: string[] = []
    for (const code of commands) printed.push(await this.run(code, pace))
    return printed
  }

  /** Runs one command. What the service has logged is in tps.log. Rejects with what it said when it fails. */
  async run(code: string, pace: Pace = this.#options): Promise<string> {
    const { log, port } = this.service
    writeFileSync(join(this.#directory, 'tps.log'), log.map((line) => `${JSON.stringify(line)}\n`).join(''))
    const downstream = log.find(({ msg }) => msg === 'simulated downstream listening')
    const shell = spawn('bash', ['-c', PRELUDE + code], {
      cwd: this.#directory,
      // A group of its own: what it leaves in the background can be ended with it.
      detached: true,
      env: {
        PATH: process.env['PATH'],
        ROOT: root,
        SERVICE_PORT: String(port),
        DOWNSTREAM_PORT: new URL(String(downstream?.['url'])).port,
        LAPSE: String(pace.lapse),
        SHORTER: pace.shorter?.join(' '),
        MAKE_DEFAULTS: this.#options.makeDefaults,
        // Each make starts a Node: what the first one has compiled is there for the others.
        NODE_COMPILE_CACHE: join(this.#directory, 'compiled'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#shells.add(shell)
    let printed = ''
    let errors = ''
    shell.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    shell.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    const [exitCode] = (await once(shell, 'close')) as [number | null]
    // 23: who reads has had enough, as in "| head". 28: --max-time is over.
    if (exitCode !== 0 || /curl: \((?!(23|28)\))/.test(errors))
      throw new Error(`the command ended with ${exitCode}:\n${code}\n${printed}\n${errors}${this.#lastWords()}`)
    return printed
  }

  /** What a service that has ended said, for whoever wonders why. */
  #lastWords(): string {
    const { exitCode, signalCode } = this.service.process
    if (exitCode === null && signalCode === null) return ''
    return `\nthe service has ended with ${exitCode ?? signalCode}:\n${this.service.printed()}`
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
