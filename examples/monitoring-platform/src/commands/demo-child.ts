import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const MAIN = join(import.meta.dirname, '../main.ts')

/** A platform in a process of its own, with a folder of its own: both go with `await using`. */
export class ChildPlatform implements AsyncDisposable {
  readonly url: string
  readonly #child: ChildProcess
  readonly #folder: string

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url
    this.#child = child
    this.#folder = folder
  }

  static async start(environment: Readonly<Record<string, string>>): Promise<ChildPlatform> {
    const folder = mkdtempSync(join(tmpdir(), 'tps-demo-'))
    const child = spawn(process.execPath, [...process.execArgv, MAIN], {
      env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'info', DATA_DIR: folder, ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    try {
      const url = await new Promise<string>((resolve, reject) => {
        child.once('exit', (code, signal) => reject(new Error(`the platform ended with ${code ?? signal}`)))
        child.once('error', reject)
        createInterface({ input: child.stdout }).on('line', (line) => {
          const entry = JSON.parse(line) as { readonly msg?: string; readonly url?: string }
          if (entry.msg === 'listening' && entry.url !== undefined) resolve(entry.url)
        })
      })
      return new ChildPlatform(url, child, folder)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exit = once(this.#child, 'exit')
      // Nobody needs its data, so it needs no time to put it into order.
      this.#child.kill('SIGKILL')
      await exit
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
