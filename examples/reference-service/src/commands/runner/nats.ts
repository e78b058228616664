import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { UsageError } from '../command-line.ts'

const HOW_TO_GET_IT = `nats-server isn't installed here. It is one file without dependencies:

  Debian, Ubuntu   apt-get install nats-server
  macOS            brew install nats-server
  Go               go install github.com/nats-io/nats-server/v2@latest
  Docker           docker run --rm -p 4222:4222 nats -js     and then: NATS_URL=nats://localhost:4222 make up
  anything else    https://github.com/nats-io/nats-server/releases

Where a NATS server with JetStream runs already: NATS_URL=nats://… make up`

/** @throws UsageError, with what to do, when there is no nats-server here, or when its port is taken. */
export async function requireNatsServer(port: number): Promise<void> {
  const { error } = spawnSync('nats-server', ['--version'], { stdio: 'ignore' })
  if (error) throw new UsageError(HOW_TO_GET_IT)
  if (await answers(port)) {
    throw new UsageError(
      `Something listens on port ${port} already. If it is NATS with JetStream, NATS_URL=nats://localhost:${port} make up uses it; NATS_PORT=… takes another port.`,
    )
  }
}

/** Resolves once something listens on `port` of this machine. Rejects when nothing does within `forMs`. */
export async function listening(port: number, forMs: number): Promise<void> {
  const endMs = performance.now() + forMs
  while (!(await answers(port))) {
    if (performance.now() > endMs) throw new UsageError(`Nothing listens on port ${port} after ${forMs / 1_000} s.`)
    await wait(50)
  }
}

async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const done = (isOpen: boolean): void => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
  })
}
