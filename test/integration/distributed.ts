import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../../scripts/packages.ts'
import { freePort } from './debian.ts'
import { needNats } from './nats.ts'
import { type LogLine, ServiceClient, until } from './service.ts'

const RUNNER = join(root, 'examples/reference-service/src/commands/runner/main.ts')
const READY_MS = 60_000

/** A process as the runner knows it. */
export interface ProcessState {
  readonly name: string
  readonly pid: number | null
  readonly state: 'running' | 'down'
  readonly restarts: number
}

/** A line of one process' log. */
export type NamedLogLine = LogLine & { readonly process: string }

/** The reference service as `make up` starts it: nats-server, downstream, workers and API, each a process of its own. */
export class Distributed extends ServiceClient {
  readonly log: NamedLogLine[] = []
  readonly #environment: Readonly<Record<string, string>>
  readonly #runnerPort: number
  readonly #data: string
  #runner!: ChildProcess

  private constructor(
    environment: Readonly<Record<string, string>>,
    ports: { readonly api: number; readonly runner: number },
    data: string,
  ) {
    super(`http://localhost:${ports.api}`)
    this.#environment = environment
    this.#runnerPort = ports.runner
    this.#data = data
  }

  /** Starts it on free ports and waits until it is healthy. `environment` reaches all processes. */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<Distributed> {
    await needNats()
    const [api, downstream, nats, runner] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
    const data = mkdtempSync(join(tmpdir(), 'tps-distributed-'))
    const ports = {
      PORT: String(api),
      DOWNSTREAM_PORT: String(downstream),
      NATS_PORT: String(nats),
      RUNNER_PORT: String(runner),
    }
    const service = new Distributed({ ...environment, ...ports, NATS_DATA: data }, { api, runner }, data)
    await service.launch()
    return service
  }

  /** Starts it, again, with what nats-server has kept. */
  async launch(): Promise<void> {
    this.#runner = spawn(process.execPath, ['--conditions=@tps/source', RUNNER], {
      env: { PATH: process.env['PATH'], DATABASE_PRODUCTS: '1000', ...this.#environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    createInterface({ input: this.#runner.stdout! }).on('line', (line) => this.#note(line))
    await until(
      async () => {
        const { status, workers } = await this.#condition()
        return status === 'healthy' && workers.has('worker-fast') && workers.has('worker-slow')
      },
      (isReady) => isReady,
      READY_MS,
    )
  }

  async processes(): Promise<readonly ProcessState[]> {
    const response = await fetch(`http://localhost:${this.#runnerPort}/processes`)
    return ((await response.json()) as { processes: readonly ProcessState[] }).processes
  }

  /** Has the runner kill a process with `kill -9`, or start it again. */
  async run(action: 'kill' | 'start', name: string): Promise<void> {
    const response = await fetch(`http://localhost:${this.#runnerPort}/processes/${name}/${action}`, { method: 'POST' })
    if (!response.ok) throw new Error(await response.text())
  }

  /** Sends a process a signal, past the runner. */
  async signal(name: string, signal: NodeJS.Signals): Promise<void> {
    const found = (await this.processes()).find((one) => one.name === name)
    if (!found?.pid) throw new Error(`${name} does not run`)
    process.kill(found.pid, signal)
  }

  /** Ends all of it in good order, and resolves with the exit code of the runner. */
  async end(): Promise<number | null> {
    if (this.#runner.exitCode !== null) return this.#runner.exitCode
    const exited = once(this.#runner, 'exit')
    this.#runner.kill('SIGTERM')
    const [code] = (await exited) as [number | null]
    return code
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
    rmSync(this.#data, { recursive: true, force: true })
  }

  #note(line: string): void {
    const [, process = '', json = ''] = /^(\S+) *\| +(\{.*\})$/.exec(line) ?? []
    if (json !== '') this.log.push({ ...(JSON.parse(json) as LogLine), process })
  }

  async #condition(): Promise<{ readonly status: string; readonly workers: ReadonlySet<string> }> {
    try {
      const { status } = await this.json<{ status: string }>('/health')
      const { kanban } = await this.json<{ kanban: { worker_processes: { role: string }[] } }>('/status')
      return { status, workers: new Set(kanban.worker_processes.map(({ role }) => role)) }
    } catch {
      return { status: 'gone', workers: new Set() }
    }
  }
}
