import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, installPackage } from './debian.ts'

const READY_MS = 20_000

const hasVictoriaMetrics = (): boolean => spawnSync('victoria-metrics', ['--version']).status === 0

/** A VictoriaMetrics in a process and a folder of its own, on a free port. */
export class RunningVictoriaMetrics implements AsyncDisposable {
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url
    this.#process = process
    this.#folder = folder
  }

  /** Debian and Ubuntu have it in the package "victoria-metrics"; installing it needs root. */
  static async start(...flags: readonly string[]): Promise<RunningVictoriaMetrics> {
    await installPackage('victoria-metrics', hasVictoriaMetrics)
    if (!hasVictoriaMetrics()) throw new Error('victoria-metrics is needed: "apt-get install victoria-metrics"')
    const folder = mkdtempSync(join(tmpdir(), 'victoria-'))
    const address = `127.0.0.1:${await freePort()}`
    const child = spawn(
      'victoria-metrics',
      [
        `-storageDataPath=${folder}`,
        `-httpListenAddr=${address}`,
        '-retentionPeriod=12',
        '-loggerLevel=ERROR',
        ...flags,
      ],
      { stdio: 'ignore' },
    )
    const running = new RunningVictoriaMetrics(`http://${address}`, child, folder)
    const endMs = performance.now() + READY_MS
    for (;;) {
      const isReady = await fetch(`${running.url}/health`).then(
        ({ ok }) => ok,
        () => false,
      )
      if (isReady) return running
      if (child.exitCode !== null || performance.now() > endMs) throw new Error('victoria-metrics did not start')
      await sleep(50)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      const exited = once(this.#process, 'exit')
      this.#process.kill('SIGKILL')
      await exited
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
