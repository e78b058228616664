import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that does what the path says, for as long as it is told to. */
export interface Misbehaving extends AsyncDisposable {
  readonly origin: string
  /** The paths of the requests that arrived. */
  readonly seen: string[]
  /** What the next requests are answered with, whatever their path; then paths count again. */
  readonly next: string[]
}

const answers: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  '/ok': (_request, response) => response.end('hello'),
  '/created': (_request, response) => response.writeHead(201, { 'content-type': 'text/plain' }).end('made'),
  '/empty': (_request, response) => response.writeHead(204).end(),
  '/missing': (_request, response) => response.writeHead(404).end('no such thing'),
  '/broken': (_request, response) => response.writeHead(500).end('broken'),
  '/busy': (_request, response) => response.writeHead(503, { 'retry-after': '7' }).end('busy'),
  '/limited': (_request, response) => response.writeHead(429, { 'retry-after': '0' }).end('slow down'),
  '/until': (_request, response) => {
    const date = new Date('2020-01-01T00:00:00Z')
    const until = new Date(date.getTime() + 90_000)
    response.sendDate = false
    response.writeHead(503, { date: date.toUTCString(), 'retry-after': until.toUTCString() }).end()
  },
  // Neither headers nor an end.
  '/hang': () => {},
  '/reset': (request) => request.socket.resetAndDestroy(),
  '/half': (request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('half of it')
    setTimeout(() => request.socket.destroy(), 20)
  },
  // The head comes byte by byte and never ends.
  '/slow-headers': (request) => {
    const { socket } = request
    const timer = setInterval(() => socket.write(socket.bytesWritten === 0 ? 'HTTP/1.1 200 OK\r\nx-slow: ' : 'a'), 10)
    socket.on('close', () => clearInterval(timer))
  },
  '/endless': (_request, response) => {
    const timer = setInterval(() => response.write('more'), 5)
    response.on('close', () => clearInterval(timer))
  },
}

export async function misbehave(): Promise<Misbehaving> {
  const seen: string[] = []
  const next: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    seen.push(path)
    answers[next.shift() ?? path]?.(request, response)
    request.resume()
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    next,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}
