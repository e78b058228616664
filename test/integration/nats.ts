import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionOptions, NatsConnection } from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'
import { freePort, hasProgram, installPackage } from './debian.ts'

const READY_MS = 20_000

const hasNats = (): boolean => hasProgram('nats-server')

/** Sees to it that there is a nats-server. Debian and Ubuntu have it in the package "nats-server"; installing needs root. */
export async function needNats(): Promise<void> {
  await installPackage('nats-server', hasNats)
  if (!hasNats())
    throw new Error('nats-server is needed: install it with "apt-get install nats-server", or put it on the PATH')
}

/** A nats-server with JetStream in a process and a directory of its own, on a free port. */
export class RunningNats {
  readonly port: number
  readonly #folder: string
  readonly #flags: readonly string[]
  #process: ChildProcess
  readonly #connections: NatsConnection[] = []

  private constructor(port: number, folder: string, flags: readonly string[], process: ChildProcess) {
    this.port = port
    this.#folder = folder
    this.#flags = flags
    this.#process = process
  }

  /** Starts one and waits until it is ready. The flag `--no-jetstream` is ours: it starts one without. */
  static async start(...flags: readonly string[]): Promise<RunningNats> {
    await needNats()
    const port = await freePort()
    const folder = mkdtempSync(join(tmpdir(), 'nats-'))
    const running = new RunningNats(port, folder, flags, launch(port, folder, flags))
    await running.#ready()
    return running
  }

  /** A connection to it, which stop() closes. It connects again for ever. */
  async connect(options: ConnectionOptions = {}): Promise<NatsConnection> {
    const connection = await connect({
      servers: `127.0.0.1:${this.port}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
      ...options,
    })
    this.#connections.push(connection)
    return connection
  }

  /** Sends it a signal. */
  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** Lets it stand still: it answers nothing until it gets SIGCONT. Resolves when it does. */
  async freeze(): Promise<void> {
    this.#process.kill('SIGSTOP')
    // Linux says how a process is in the third field: T is stopped.
    while (!/^\d+ \(.*\) T /.test(readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8'))) await sleep(1)
  }

  /** Ends it with a signal and waits until it is gone. What it has on the disk stays. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const exit = once(this.#process, 'exit')
    this.#process.kill(signal)
    await exit
  }

  /** Starts it again on the same port, with what it has on the disk. */
  async restart(): Promise<void> {
    await this.kill()
    this.#process = launch(this.port, this.#folder, this.#flags)
    await this.#ready()
  }

  /** Closes its connections, ends it and takes away what it has on the disk. */
  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()))
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #ready(): Promise<void> {
    const deadline = Date.now() + READY_MS
    while (!(await this.#answers())) {
      if (this.#process.exitCode !== null || Date.now() > deadline) {
        await this.kill()
        throw new Error(`nats-server was not ready within ${READY_MS} ms`)
      }
      await sleep(20)
    }
  }

  /** It greets when it can be worked with: JetStream comes first. */
  async #answers(): Promise<boolean> {
    const socket = connectSocket(this.port, '127.0.0.1')
    try {
      const [greeting] = (await once(socket, 'data')) as [Buffer]
      return greeting.toString().startsWith('INFO')
    } catch {
      return false
    } finally {
      socket.destroy()
    }
  }
}

function launch(port: number, folder: string, flags: readonly string[]): ChildProcess {
  const jetStream = flags.includes('--no-jetstream') ? [] : ['--jetstream', '--store_dir', folder]
  const rest = flags.filter((flag) => flag !== '--no-jetstream')
  return spawn('nats-server', ['--addr', '127.0.0.1', '--port', `${port}`, ...jetStream, ...rest], { stdio: 'ignore' })
}
