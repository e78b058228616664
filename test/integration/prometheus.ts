import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, hasProgram, installPackage } from './debian.ts'

const READY_MS = 30_000
const STOP_MS = 10_000

const hasPrometheus = (): boolean => hasProgram('prometheus')

/** Sees to it that there is a Prometheus. Debian and Ubuntu have it in the package "prometheus"; installing needs root. */
export async function needPrometheus(): Promise<void> {
  await installPackage('prometheus', hasPrometheus)
  if (!hasPrometheus())
    throw new Error('prometheus is needed: install it with "apt-get install prometheus", or put it on the PATH')
}

/** One sample of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [timestamp: number, value: string]
}

/** A Prometheus in a process and a directory of its own, on a free port. */
export class RunningPrometheus {
  readonly url: string
  readonly #process: ChildProcess
  readonly #directory: string

  private constructor(url: string, process: ChildProcess, directory: string) {
    this.url = url
    this.#process = process
    this.#directory = directory
  }

  /** Starts one with `config` (YAML, which JSON is), and waits until it is ready. */
  static async start(config: object, ...flags: readonly string[]): Promise<RunningPrometheus> {
    const directory = mkdtempSync(join(tmpdir(), 'tps-prometheus-'))
    const file = join(directory, 'prometheus.yml')
    writeFileSync(file, JSON.stringify(config))
    const address = `127.0.0.1:${await freePort()}`
    const child = spawn(
      'prometheus',
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=${address}`,
        '--log.level=warn',
        ...flags,
      ],
      { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let log = ''
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
    const running = new RunningPrometheus(`http://${address}`, child, directory)
    const deadline = Date.now() + READY_MS
    while (!(await running.#isReady())) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await running.stop()
        throw new Error(`prometheus was not ready within ${READY_MS} ms:\n${log}`)
      }
      await sleep(100)
    }
    return running
  }

  /** The answer to an instant query. */
  async query(query: string): Promise<readonly Sample[]> {
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(query)}`)
    const { data, error } = (await response.json()) as { data?: { result: readonly Sample[] }; error?: string }
    if (!data) throw new Error(`${query}: ${error}`)
    return data.result
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
