import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, hasProgram, installPackage } from './debian.ts'

const READY_MS = 20_000

const hasRedis = (): boolean => hasProgram('redis-server')

/** Sees to it that there is a Redis. Debian and Ubuntu have it in the package "redis-server"; installing needs root. */
export async function needRedis(): Promise<void> {
  await installPackage('redis-server', hasRedis)
  if (!hasRedis())
    throw new Error('redis-server is needed: install it with "apt-get install redis-server", or put it on the PATH')
}

/** A Redis in a process of its own, on a free port, that keeps nothing on disk. */
export class RunningRedis {
  readonly port: number
  #process: ChildProcess

  private constructor(port: number, process: ChildProcess) {
    this.port = port
    this.#process = process
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts one and waits until it answers. */
  static async start(): Promise<RunningRedis> {
    const port = await freePort()
    const running = new RunningRedis(port, launch(port))
    await running.#ready()
    return running
  }

  /** As a crash or a power cut does. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const exit = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await exit
  }

  /** Starts it again on the same port, empty. */
  async restart(): Promise<void> {
    await this.kill()
    this.#process = launch(this.port)
    await this.#ready()
  }

  /** As a machine that stalls: connections stay, and nothing answers. */
  pause(): void {
    this.#process.kill('SIGSTOP')
  }

  resume(): void {
    this.#process.kill('SIGCONT')
  }

  async #ready(): Promise<void> {
    const deadline = Date.now() + READY_MS
    while (!(await answers(this.port))) {
      if (this.#process.exitCode !== null || Date.now() > deadline) {
        await this.kill()
        throw new Error(`redis-server was not ready within ${READY_MS} ms`)
      }
      await sleep(20)
    }
  }
}

function launch(port: number): ChildProcess {
  const flags = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  return spawn('redis-server', flags, { stdio: 'ignore' })
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    socket.write('PING\r\n')
    const [reply] = (await once(socket, 'data')) as [Buffer]
    return reply.toString().startsWith('+PONG')
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
