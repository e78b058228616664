import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../../scripts/packages.ts'

const MAIN = join(root, 'examples/monitoring-platform/src/main.ts')

/** A sample as the platform answers it. */
export interface AnsweredSample {
  readonly name: string
  readonly value: number | string
  readonly timestamp: number
  readonly tags?: Readonly<Record<string, string>>
}

/** A folder for a platform's data. */
export class DataFolder implements Disposable {
  readonly path: string

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'tps-platform-'))
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** A monitoring platform in a process of its own, on a free port. */
export class RunningPlatform implements AsyncDisposable {
  readonly url: string
  readonly process: ChildProcess

  private constructor(process: ChildProcess, url: string) {
    this.process = process
    this.url = url
  }

  /** Starts it and waits until it listens. */
  static async start(
    data: DataFolder | string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<RunningPlatform> {
    const child = spawn(process.execPath, ['--conditions=@tps/source', MAIN], {
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        DATA_DIR: typeof data === 'string' ? data : data.path,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    return await new Promise((resolve, reject) => {
      child.once('exit', (code, signal) => reject(new Error(`the platform ended with ${code ?? signal}:\n${output}`)))
      createInterface({ input: child.stdout }).on('line', (line) => {
        output += `${line}\n`
        const entry = JSON.parse(line) as { msg?: string; url?: string }
        if (entry.msg === 'listening') resolve(new RunningPlatform(child, String(entry.url)))
      })
    })
  }

  async post(body: unknown, path = '/metrics'): Promise<Response> {
    return await fetch(this.url + path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  }

  /** The JSON that `path` answers, whatever its status. */
  async json<T>(path: string): Promise<T> {
    return (await (await fetch(this.url + path)).json()) as T
  }

  async query(parameters: Readonly<Record<string, string | number>>): Promise<readonly AnsweredSample[]> {
    const search = new URLSearchParams(parameters as Record<string, string>).toString()
    return await this.json(`/query?${search}`)
  }

  /** Sends `signal` and resolves with the exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode
    const exited = once(this.process, 'exit')
    this.process.kill(signal)
    const [code] = (await exited) as [number | null]
    return code
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
  }
}
