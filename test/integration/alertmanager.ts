import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, hasProgram, installPackage } from './debian.ts'

const READY_MS = 30_000
const STOP_MS = 10_000
/** Debian's name, and that of the project. */
const NAMES = ['prometheus-alertmanager', 'alertmanager'] as const

const findAlertmanager = (): string | undefined => NAMES.find(hasProgram)

/** Sees to it that there is an Alertmanager. Debian has it in "prometheus-alertmanager"; installing needs root. */
export async function needAlertmanager(): Promise<void> {
  await installPackage('prometheus-alertmanager', () => findAlertmanager() !== undefined)
  if (!findAlertmanager())
    throw new Error(
      'Alertmanager is needed: install it with "apt-get install prometheus-alertmanager", or put it on the PATH',
    )
}

/** An alert as `GET /api/v2/alerts` shows it. */
export interface ShownAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly updatedAt: string
}

/** An Alertmanager in a process and a directory of its own, on a free port. */
export class RunningAlertmanager {
  readonly url: string
  readonly #process: ChildProcess
  readonly #directory: string

  private constructor(url: string, process: ChildProcess, directory: string) {
    this.url = url
    this.#process = process
    this.#directory = directory
  }

  /** Starts one with `config` (YAML, which JSON is), and waits until it is ready. */
  static async start(config: object): Promise<RunningAlertmanager> {
    const directory = mkdtempSync(join(tmpdir(), 'tps-alertmanager-'))
    const file = join(directory, 'alertmanager.yml')
    writeFileSync(file, JSON.stringify(config))
    const address = `127.0.0.1:${await freePort()}`
    const child = spawn(
      findAlertmanager() ?? NAMES[0],
      [
        `--config.file=${file}`,
        `--storage.path=${join(directory, 'data')}`,
        `--web.listen-address=${address}`,
        // Alone: no cluster, no port for one.
        '--cluster.listen-address=',
        '--log.level=warn',
      ],
      { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let log = ''
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
    const running = new RunningAlertmanager(`http://${address}`, child, directory)
    const deadline = Date.now() + READY_MS
    while (!(await running.#isReady())) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await running.stop()
        throw new Error(`Alertmanager was not ready within ${READY_MS} ms:\n${log}`)
      }
      await sleep(100)
    }
    return running
  }

  /** What it takes for firing. */
  async alerts(): Promise<readonly ShownAlert[]> {
    const response = await fetch(`${this.url}/api/v2/alerts`)
    return (await response.json()) as readonly ShownAlert[]
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exit = once(this.#process, 'exit', { signal: AbortSignal.timeout(STOP_MS) })
      this.#process.kill('SIGTERM')
      await exit.catch(() => this.#process.kill('SIGKILL'))
    }
    rmSync(this.#directory, { recursive: true, force: true })
  }

  async #isReady(): Promise<boolean> {
    return await fetch(`${this.url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  }
}
