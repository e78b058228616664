import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, hasProgram, installPackage } from './debian.ts'

const READY_MS = 30_000
const STOP_MS = 10_000
/** Where Debian and Ubuntu have the programs of the server, one folder for each version. */
const DEBIAN = '/usr/lib/postgresql'

/** The folder of the server's programs; `undefined` where there are none. */
function programs(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : []
  const folders = versions.map((version) => join(DEBIAN, version, 'bin'))
  const folder = folders.find((each) => existsSync(join(each, 'initdb')))
  return folder ?? (hasProgram('initdb') && hasProgram('postgres') ? '' : undefined)
}

/** Sees to it that there is a PostgreSQL. Debian and Ubuntu have it in the package "postgresql"; installing needs root. */
async function needPostgres(): Promise<string> {
  await installPackage('postgresql', () => programs() !== undefined)
  const folder = programs()
  if (folder === undefined)
    throw new Error('PostgreSQL is needed: install it with "apt-get install postgresql", or put initdb on the PATH')
  return folder
}

/** A PostgreSQL in a process and a folder of its own, on a free port, that trusts everybody on this machine. */
export class RunningPostgres implements AsyncDisposable {
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url
    this.#process = process
    this.#folder = folder
  }

  /** Starts one and waits until it takes connections. It refuses to run as root: then it runs as the user "postgres". */
  static async start(): Promise<RunningPostgres> {
    const bin = await needPostgres()
    const folder = mkdtempSync(join(tmpdir(), 'tps-postgres-'))
    const data = join(folder, 'data')
    const isRoot = process.getuid?.() === 0
    if (isRoot) chownSync(folder, numberOf('-u'), numberOf('-g'))
    const as = (program: string, ...args: string[]): [string, string[]] => {
      const path = bin === '' ? program : join(bin, program)
      return isRoot ? ['runuser', ['-u', 'postgres', '--', path, ...args]] : [path, args]
    }
    const made = spawnSync(...as('initdb', '--pgdata', data, '--username', 'tps', '--auth', 'trust', '--no-sync'), {
      cwd: folder,
      encoding: 'utf8',
    })
    if (made.status !== 0) throw new Error(`initdb failed:\n${made.stdout}\n${made.stderr}`)
    const port = await freePort()
    const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off']
    const [command, args] = as('postgres', '-D', data, '-p', String(port), ...settings.flatMap((each) => ['-c', each]))
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
    let log = ''
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
    const running = new RunningPostgres(`postgres://tps@127.0.0.1:${port}/postgres`, child, folder)
    const deadline = Date.now() + READY_MS
    while (!log.includes('database system is ready to accept connections')) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await running[Symbol.asyncDispose]()
        throw new Error(`PostgreSQL was not ready within ${READY_MS} ms:\n${log}`)
      }
      await sleep(20)
    }
    return running
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exit = once(this.#process, 'exit', { signal: AbortSignal.timeout(STOP_MS) })
      // Its connections are cut, not waited for. runuser hands the signal on.
      this.#process.kill('SIGINT')
      await exit.catch(() => this.#process.kill('SIGKILL'))
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The number of the user "postgres" (`-u`), or of its group (`-g`). */
function numberOf(which: '-u' | '-g'): number {
  const { status, stdout } = spawnSync('id', [which, 'postgres'], { encoding: 'utf8' })
  if (status !== 0) throw new Error('PostgreSQL refuses to run as root, and there is no user "postgres"')
  return Number(stdout)
}
