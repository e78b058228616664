import { spawn } from 'node:child_process'
import { type Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { type Command, LogError, LogExit, LogOutput, Logger, createConcurrently } from 'concurrently'

/** One process that is to run. */
export interface ProcessSpec {
  readonly name: string
  /** As a shell would be given it. */
  readonly command: string
  readonly env: Readonly<Record<string, string>>
  /** Resolves when the next ones may be started. */
  readonly ready?: () => Promise<void>
  /** Whether it stays away when it is killed on purpose, until it is started again. Default: it comes back by itself. */
  readonly staysDown?: boolean
}

/** How one process fares. */
export interface ProcessState {
  readonly name: string
  readonly pid: number | null
  readonly state: 'running' | 'down'
  /** How often it was started again. */
  readonly restarts: number
}

/** When and how the supervisor acts, and where the processes' output goes. */
export interface SupervisorOptions {
  /** How long a process that ended is away before it is started again, in ms. */
  readonly restartMs: number
  /** How long the processes may take to end before they are killed, in ms. */
  readonly graceMs: number
  readonly output: Writable
}

interface Supervised {
  readonly spec: ProcessSpec
  readonly command: Command
  restarts: number
  isHeld: boolean
}

const POLL_MS = 50

/**
 * Runs processes side by side, each line of output prefixed with its process' name, and starts those again that end:
 * what Kubernetes does for pods. They are process groups of their own: Ctrl+C reaches the supervisor alone, which then
 * ends them in the reverse order, so that work can be finished while what it needs is still there.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #supervised: Supervised[] = []
  #isEnding = false

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  /** Starts `specs` one after the other, each when the one before is ready. */
  async start(specs: readonly ProcessSpec[]): Promise<void> {
    const width = Math.max(...specs.map(({ name }) => name.length))
    for (const spec of specs) {
      if (this.#isEnding) return
      this.#begin(spec, width)
      await spec.ready?.()
    }
  }

  list(): ProcessState[] {
    return this.#supervised.map(({ spec, command, restarts }) => ({
      name: spec.name,
      pid: isUp(command) ? (command.pid ?? null) : null,
      state: isUp(command) ? 'running' : 'down',
      restarts,
    }))
  }

  /** Kills the process of this name, or the first whose name begins with it, as `kill -9` does. */
  kill(name: string): ProcessState | undefined {
    const found = this.#find(name)
    if (!found || !isUp(found.command)) return undefined
    const state = this.list().find((one) => one.name === found.spec.name)
    found.isHeld = found.spec.staysDown === true
    found.command.kill('SIGKILL')
    return state
  }

  /** Starts the process of this name again, if it is down. */
  revive(name: string): ProcessState | undefined {
    const found = this.#find(name)
    if (!found) return undefined
    found.isHeld = false
    if (!isUp(found.command)) this.#restart(found)
    return this.list().find((one) => one.name === found.spec.name)
  }

  /** Ends all, the last started first, each when the one before has ended. */
  async end(): Promise<void> {
    this.#isEnding = true
    for (const { command } of this.#supervised.toReversed()) {
      if (!isUp(command)) continue
      command.kill('SIGTERM')
      const endMs = performance.now() + this.#options.graceMs
      while (isUp(command) && performance.now() < endMs) await wait(POLL_MS)
      if (isUp(command)) command.kill('SIGKILL')
      while (isUp(command)) await wait(POLL_MS)
    }
  }

  #begin(spec: ProcessSpec, width: number): void {
    const logger = new Logger({ prefixFormat: '{name} |' })
    logger.setPrefixLength(width + 2)
    const { commands, result } = createConcurrently(
      [{ name: spec.name, command: spec.command, env: { ...spec.env } }],
      {
        logger,
        outputStream: this.#options.output,
        controllers: [new LogError({ logger }), new LogOutput({ logger }), new LogExit({ logger })],
        spawn: (command, options) => spawn(command, { ...options, shell: true, detached: true }),
        kill: (pid, signal) => void process.kill(-pid, signal),
      },
    )
    // It settles when the process ends for the first time; what that means is decided here.
    result.catch(() => undefined)
    const [command] = commands as [Command]
    const supervised: Supervised = { spec, command, restarts: 0, isHeld: false }
    this.#supervised.push(supervised)
    command.close.subscribe(() => {
      setTimeout(() => this.#restart(supervised), this.#options.restartMs).unref()
    })
  }

  #restart(supervised: Supervised): void {
    if (this.#isEnding || supervised.isHeld || isUp(supervised.command)) return
    supervised.restarts++
    supervised.command.start()
  }

  #find(name: string): Supervised | undefined {
    return (
      this.#supervised.find(({ spec }) => spec.name === name) ??
      this.#supervised.find(({ spec, command }) => spec.name.startsWith(name) && isUp(command))
    )
  }
}

function isUp({ state }: Command): boolean {
  return state === 'started'
}
