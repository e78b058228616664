import { connect } from 'node:net'

/** What is sent, and how. */
export interface Load {
  readonly port: number
  readonly path: string
  /** Sent in turn, over and over. */
  readonly bodies: readonly Uint8Array[]
  readonly connections: number
  /** Requests that are on their way at once on a connection. */
  readonly depth: number
  readonly seconds: number
  /** Not counted, before. */
  readonly warmUpSeconds: number
}

export interface LoadResult {
  readonly requestsPerSecond: number
  /** All requests that were answered with 202, also those that are not counted. */
  readonly accepted: number
  readonly refused: number
}

/**
 * Sends prepared requests over plain sockets and counts the answers: as little work as possible, because it takes its
 * share of the same processors.
 */
export async function generateLoad({
  port,
  path,
  bodies,
  connections,
  depth,
  seconds,
  warmUpSeconds,
}: Load): Promise<LoadResult> {
  const requests = bodies.map((body) =>
    Buffer.concat([
      Buffer.from(
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
      ),
      body,
    ]),
  )
  const [status, accepted] = [Buffer.from('HTTP/1.1 '), '202']
  let sent = 0
  let good = 0
  let bad = 0
  let isEnding = false
  let open = connections
  const done = Promise.withResolvers<undefined>()
  for (let index = 0; index < connections; index++) {
    const socket = connect(port, 'localhost')
    socket.setNoDelay(true)
    let waiting = 0
    let tail = ''
    const send = (): void => {
      if (depth === 1) {
        waiting = 1
        socket.write(requests[sent++ % requests.length]!)
        return
      }
      const lot: Buffer[] = []
      for (; waiting < depth; waiting++) lot.push(requests[sent++ % requests.length]!)
      socket.write(Buffer.concat(lot))
    }
    socket.on('connect', send)
    socket.on('data', (chunk) => {
      // A status line may be cut in two.
      const data = tail === '' ? chunk : Buffer.concat([Buffer.from(tail, 'latin1'), chunk])
      let last = 0
      for (let at = data.indexOf(status); at !== -1; at = data.indexOf(status, at + 12)) {
        if (at + 12 > data.length) break
        if (data.toString('latin1', at + 9, at + 12) === accepted) good++
        else bad++
        waiting--
        last = at + 12
      }
      tail = data.toString('latin1', Math.max(last, data.length - 11))
      if (isEnding) {
        if (waiting === 0) socket.destroy()
      } else if (waiting <= depth >> 1) send()
    })
    socket.on('close', () => {
      if (--open === 0) done.resolve(undefined)
    })
    socket.on('error', (error) => done.reject(error))
  }
  await pause(warmUpSeconds * 1_000)
  const [goodBefore, startMs] = [good, performance.now()]
  await pause(seconds * 1_000)
  const requestsPerSecond = ((good - goodBefore) / (performance.now() - startMs)) * 1_000
  isEnding = true
  await done.promise
  return { requestsPerSecond, accepted: good, refused: bad }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => void setTimeout(resolve, ms))
}
