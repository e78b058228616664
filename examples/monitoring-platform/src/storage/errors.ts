/** Thrown when samples could not be stored. Nothing that was acknowledged is lost by it. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: 'ERR_STORE_FULL' | 'ERR_STORE_FAILED' | 'ERR_STORE_CLOSED'

  constructor(code: StoreError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** Thrown when a query has more rows than it may have. */
export class TooManyRowsError extends Error {
  override readonly name = 'TooManyRowsError'
  readonly code = 'ERR_TOO_MANY_ROWS'
  readonly maxRows: number

  constructor(maxRows: number) {
    super(
      `there are more than ${maxRows} rows: take a shorter range, more tags, a step with an aggregate, or the first ones with limit`,
    )
    this.maxRows = maxRows
  }
}

/** Thrown when a query took too long. */
export class QueryTimeoutError extends Error {
  override readonly name = 'QueryTimeoutError'
  readonly code = 'ERR_QUERY_TIMEOUT'
  readonly timeoutMs: number

  constructor(timeoutMs: number) {
    super(`the query took longer than ${timeoutMs} ms: take a shorter range, more tags or a longer step`)
    this.timeoutMs = timeoutMs
  }
}

/** Thrown when whoever asked doesn't want the answer any more. */
export class QueryCancelledError extends Error {
  override readonly name = 'QueryCancelledError'
  readonly code = 'ERR_QUERY_CANCELLED'

  constructor() {
    super('the query was given up by who asked')
  }
}
