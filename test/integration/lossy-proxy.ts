import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'

/**
 * Stands between clients and a server. An answer can be lost on the way: what was asked has happened, the client doesn't
 * get to know, and its connection breaks.
 */
export class LossyProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #loses: { readonly marker: string; times: number } | undefined
  /** How many answers were lost. */
  lost = 0

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(port: number): Promise<LossyProxy> {
    const server = createServer()
    const proxy = new LossyProxy(server)
    server.on('connection', (client) => proxy.#join(client, connect(port, '127.0.0.1')))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** The next so many times that a client sends something with `marker` in it, whatever comes back then is lost. */
  loseAnswersTo(marker: string, times = 1): void {
    this.#loses = { marker, times }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket, server: Socket): void {
    let isLosing = false
    const both = [client, server]
    const end = (): void => {
      for (const socket of both) {
        this.#sockets.delete(socket)
        socket.destroy()
      }
    }
    for (const socket of both) {
      this.#sockets.add(socket)
      socket.setNoDelay().on('error', end).on('close', end)
    }
    client.on('data', (chunk) => {
      if (this.#loses && this.#loses.times > 0 && chunk.includes(this.#loses.marker)) {
        this.#loses.times--
        isLosing = true
      }
      server.write(chunk)
    })
    server.on('data', (chunk) => {
      if (!isLosing) {
        client.write(chunk)
        return
      }
      this.lost++
      end()
    })
  }
}
