/** What can be wrong with the server, or with what is kept on it. */
export type JetStreamQueueErrorCode =
  | 'ERR_SERVER_TOO_OLD'
  | 'ERR_JETSTREAM_OFF'
  | 'ERR_STORAGE_FOREIGN'
  | 'ERR_STORAGE_FULL'
  | 'ERR_STORAGE_GONE'
  | 'ERR_STORAGE_REFUSED'
  | 'ERR_STORAGE_TIMEOUT'
  | 'ERR_ITEM_TOO_LARGE'

/**
 * The server could not do what was asked for. With `ERR_STORAGE_TIMEOUT` it may have been done all the same: the answer did
 * not come. With every other code nothing has happened.
 */
export class JetStreamQueueError extends Error {
  override readonly name = 'JetStreamQueueError'
  readonly code: JetStreamQueueErrorCode
  /** The queue, which is also the name of its stream. */
  readonly queue: string

  constructor(code: JetStreamQueueErrorCode, queue: string, what: string, reason?: ErrorOptions) {
    super(`queue "${queue}": ${what}`, reason)
    this.code = code
    this.queue = queue
  }
}

/** JetStream's own numbers for what has an advice of its own. */
const BY_API_CODE: Readonly<Record<number, readonly [JetStreamQueueErrorCode, string]>> = {
  10_002: ['ERR_STORAGE_FULL', "the account's streams or storage are used up: raise its limits"],
  10_023: ['ERR_STORAGE_FULL', 'the server has no room: free some of its disk, or raise its max_file_store'],
  10_028: ['ERR_STORAGE_FULL', "the server's memory store is full: raise max_memory_store"],
  10_047: ['ERR_STORAGE_FULL', 'the server has no room: free some of its disk, or raise its max_file_store'],
  10_039: ['ERR_JETSTREAM_OFF', 'JetStream is not on for this account: turn it on'],
  10_058: ['ERR_STORAGE_FOREIGN', 'the stream exists and is of another kind: choose another name, or delete it'],
  10_059: ['ERR_STORAGE_GONE', 'its stream is gone: was it deleted? Open the queue again to make a new one'],
  10_065: ['ERR_STORAGE_FOREIGN', 'another stream has its subjects: choose another name'],
  10_076: ['ERR_JETSTREAM_OFF', 'JetStream is not on: start nats-server with --jetstream'],
  10_077: ['ERR_STORAGE_FULL', 'its stream can store no more: raise maxBytes, or free some of the disk of the server'],
}

/** The error for what JetStream answered. */
export function apiErrorOf(
  { err_code: apiCode, description }: { readonly err_code?: number | undefined; readonly description?: string },
  queue: string,
): JetStreamQueueError {
  const [code, advice] = BY_API_CODE[apiCode ?? 0] ?? ['ERR_STORAGE_REFUSED', 'the server refused']
  return new JetStreamQueueError(code, queue, `${advice} (nats-server: ${description ?? 'no reason given'})`)
}

/** The error for what the client threw. */
export function queueErrorOf(error: unknown, queue: string): Error {
  if (error instanceof JetStreamQueueError) return error
  if (!(error instanceof Error)) return new JetStreamQueueError('ERR_STORAGE_REFUSED', queue, String(error))
  const apiCode: unknown = Reflect.get(error, 'code')
  if (error.name.startsWith('JetStreamApi') || error.name.endsWith('NotFoundError'))
    return withCause(apiErrorOf({ err_code: Number(apiCode), description: error.message }, queue), error)
  if (error.name === 'PermissionViolationError')
    return withCause(
      new JetStreamQueueError('ERR_STORAGE_REFUSED', queue, `this user may not, allow it: ${error.message}`),
      error,
    )
  const [code, what] = KNOWN.find(([name]) => error.name === name)?.[1] ?? ['ERR_STORAGE_REFUSED', error.message]
  return withCause(new JetStreamQueueError(code, queue, what), error)
}

const KNOWN: readonly [name: string, known: readonly [JetStreamQueueErrorCode, string]][] = [
  [
    'TimeoutError',
    ['ERR_STORAGE_TIMEOUT', 'the server did not answer in time: is it there, and does it have JetStream?'],
  ],
  ['JetStreamNotEnabled', ['ERR_JETSTREAM_OFF', 'JetStream is not on: start nats-server with --jetstream']],
  ['ClosedConnectionError', ['ERR_STORAGE_GONE', 'its connection is closed: connect with maxReconnectAttempts -1']],
  ['DrainingConnectionError', ['ERR_STORAGE_GONE', 'its connection is closing']],
  ['InvalidArgumentError', ['ERR_ITEM_TOO_LARGE', 'the item is larger than the server takes: raise its max_payload']],
  ['RequestError', ['ERR_STORAGE_GONE', 'the connection broke while it was asked: try again']],
]

function withCause(error: JetStreamQueueError, cause: Error): JetStreamQueueError {
  return Object.assign(error, { cause })
}
