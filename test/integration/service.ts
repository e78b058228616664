import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../../scripts/packages.ts'

const MAIN = join(root, 'examples/reference-service/src/main.ts')

/** A line of the service's log. */
export type LogLine = Readonly<Record<string, unknown>>

/** What can be asked of a reference service, wherever it runs. */
export class ServiceClient {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  async get(path: string): Promise<Response> {
    return await fetch(this.url + path)
  }

  async json<T = Record<string, never>>(path: string): Promise<T> {
    return (await (await this.get(path)).json()) as T
  }

  async post(body: unknown, path = '/signal', headers: Record<string, string> = {}): Promise<Response> {
    return await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  }

  async execute(task = 'test', path = '/signal'): Promise<Response> {
    return await this.post({ signal_type: 'execute', payload: { task } }, path)
  }

  async set(settings: object): Promise<void> {
    const response = await fetch(`${this.url}/admin/config`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(settings),
    })
    if (!response.ok) throw new Error(await response.text())
  }
}

/** A reference service in a process of its own, on free ports. */
export class RunningService extends ServiceClient {
  readonly process: ChildProcess
  readonly log: LogLine[]
  /** What it has written for people to read. */
  readonly printed: () => string

  private constructor(process: ChildProcess, log: LogLine[], url: string, printed: () => string) {
    super(url)
    this.printed = printed
    this.process = process
    this.log = log
  }

  /** Starts it and waits until it listens. `environment` is added to a default with free ports. */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<RunningService> {
    const child = spawn(process.execPath, ['--conditions=@tps/source', MAIN], {
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        DOWNSTREAM_PORT: '0',
        DATABASE_PRODUCTS: '1000',
        LOG_PER_SECOND: '1000000',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const log: LogLine[] = []
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    return await new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the service ended with ${code}:\n${errors}`)))
      createInterface({ input: child.stdout }).on('line', (line) => {
        // A process that is killed may leave half a line.
        if (!line.endsWith('}')) return
        const entry = JSON.parse(line) as LogLine
        log.push(entry)
        if (entry['msg'] === 'listening') resolve(new RunningService(child, log, String(entry['url']), () => errors))
      })
    })
  }

  /** Sends `signal` and resolves with the exit code, when its last line was read. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode
    const exited = once(this.process, 'close')
    this.process.kill(signal)
    const [code] = (await exited) as [number | null]
    return code
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
  }
}

/** Asks until `answer` satisfies `test`, and returns it. Gives up after `forMs`. */
export async function until<T>(ask: () => Promise<T>, test: (answer: T) => boolean, forMs = 10_000): Promise<T> {
  const endMs = performance.now() + forMs
  for (;;) {
    const answer = await ask()
    if (test(answer)) return answer
    if (performance.now() > endMs) throw new Error(`not so after ${forMs} ms: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => void setTimeout(resolve, 50))
  }
}
