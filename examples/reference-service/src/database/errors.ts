/** Too many queries are under way already. */
export class DatabaseBusyError extends Error {
  override readonly name = 'DatabaseBusyError'
  readonly code = 'ERR_DATABASE_BUSY'
  readonly pending: number

  constructor(pending: number) {
    super(`${pending} queries are under way, which is the most that may be`)
    this.pending = pending
  }
}

/** The database was closed, or has gone. */
export class DatabaseClosedError extends Error {
  override readonly name = 'DatabaseClosedError'
  readonly code = 'ERR_DATABASE_CLOSED'

  constructor(cause?: unknown) {
    super('the database is closed', { cause })
  }
}

/** The database could not do what it was asked. `cause` or the message says why. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
  readonly code = 'ERR_DATABASE'
}
