import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { UsageError } from '../command-line.ts'
import { listening, requireNatsServer } from './nats.ts'

/** A port that somebody listens on until it is disposed of. */
async function takenPort() {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: () => void server.close() }
}

describe('the NATS server', () => {
  afterEach(() => void vi.unstubAllEnvs())

  it('is asked for with where to get it, where it is missing', async () => {
    vi.stubEnv('PATH', '/nowhere')
    await expect(requireNatsServer(1)).rejects.toThrow(UsageError)
    await expect(requireNatsServer(1)).rejects.toThrow(/apt-get install nats-server[^]*brew install[^]*NATS_URL=/)
  })

  it('is seen as ready when something listens on its port, and as missing when nothing does', async () => {
    using taken = await takenPort()
    await expect(listening(taken.port, 1_000)).resolves.toBeUndefined()
    await expect(listening(1, 1)).rejects.toThrow('Nothing listens on port 1')
  })
})
