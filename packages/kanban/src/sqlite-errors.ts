import type { StorageFailure } from './sqlite-protocol.ts'

/** What can be wrong with the file. */
export type StorageErrorCode =
  | 'ERR_STORAGE_FULL'
  | 'ERR_STORAGE_BUSY'
  | 'ERR_STORAGE_CORRUPT'
  | 'ERR_STORAGE_READONLY'
  | 'ERR_STORAGE_OPEN'
  | 'ERR_STORAGE_FOREIGN'
  | 'ERR_STORAGE_VERSION'
  | 'ERR_STORAGE_IO'
  | 'ERR_STORAGE_GONE'
  | 'ERR_SQLITE_TOO_OLD'

/**
 * The file could not be read or written. What was asked for has not happened: nothing of it is visible, and everything
 * that was acknowledged before is still there.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode
  /** The file. */
  readonly path: string

  constructor(code: StorageErrorCode, path: string, what: string, reason?: ErrorOptions) {
    super(`queue file "${path}": ${what}`, reason)
    this.code = code
    this.path = path
  }
}

const BY_SQLITE_CODE: Readonly<Record<number, readonly [StorageErrorCode, string]>> = {
  5: ['ERR_STORAGE_BUSY', 'another process holds its write lock: keep other writers short, or raise busyMs'],
  6: ['ERR_STORAGE_BUSY', 'it is locked: keep other writers short, or raise busyMs'],
  8: ['ERR_STORAGE_READONLY', 'it can not be written: check the rights of the file and its folder'],
  10: ['ERR_STORAGE_IO', 'the file system failed: check the disk'],
  11: ['ERR_STORAGE_CORRUPT', 'it is damaged: keep a copy of it, and go on with a backup'],
  13: ['ERR_STORAGE_FULL', 'there is no room: free some of the disk, or raise maxBytes'],
  14: ['ERR_STORAGE_OPEN', 'it can not be opened: check that its folder exists and may be written to'],
  26: ['ERR_STORAGE_CORRUPT', 'it is not a SQLite database: is it the right file? If it is, go on with a backup'],
}

/** The error for what the thread reports. */
export function storageErrorOf({ message, sqliteCode, code }: StorageFailure, path: string): Error {
  if (code !== undefined && sqliteCode === undefined)
    return Object.assign(new StorageError(code as StorageErrorCode, path, ''), { message })
  const known = sqliteCode === undefined ? undefined : BY_SQLITE_CODE[sqliteCode & 0xff]
  const [ours, advice] = known ?? (['ERR_STORAGE_IO', 'it could not be used'] as const)
  return new StorageError(ours, path, `${advice} (SQLite: ${message})`)
}

/** An error as data that crosses threads. */
export function failureOf(error: unknown): StorageFailure {
  if (!(error instanceof Error)) return { message: String(error), sqliteCode: undefined, code: undefined }
  const errcode: unknown = Reflect.get(error, 'errcode')
  const code: unknown = Reflect.get(error, 'code')
  return {
    message: error.message,
    sqliteCode: typeof errcode === 'number' ? errcode : undefined,
    code: error instanceof StorageError && typeof code === 'string' ? code : undefined,
  }
}
