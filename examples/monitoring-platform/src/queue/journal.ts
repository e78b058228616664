import { constants, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { StoreError } from '../storage/errors.ts'

const { O_CREAT, O_DSYNC, O_TRUNC, O_WRONLY } = constants
/** Where there is no `O_DSYNC` (Windows), what a killed process wrote is kept, and a power failure may take it. */
const WRITE_THROUGH = O_WRONLY | O_CREAT | O_TRUNC | (O_DSYNC ?? 0)
const SUFFIX = '.journal'
const DEFAULT_SEGMENT_BYTES = 64 * 1_024 * 1_024
/** Length and checksum before each record. */
const FRAME_BYTES = 8
const MAX_RECORD_BYTES = 1 << 30

/** A record, and where it is. */
export interface JournalRecord {
  /** From 1, without gaps. */
  readonly position: number
  readonly bytes: Uint8Array
  /** Whether it is the first one of a file. */
  readonly isFirst: boolean
  /** Whether it is at the position, or before it: it is here because those after it may need it. */
  readonly isStored: boolean
}

export interface JournalOptions<T> {
  readonly directory: string
  /** What is after it is to be stored. */
  readonly position: number
  /** The bytes of an item. `isFirst`: those of the items before it may be gone when they are read. */
  readonly encode: (item: T, isFirst: boolean) => Uint8Array
  /** Gets the records that are there, oldest first. */
  readonly replay: (record: JournalRecord) => void | Promise<void>
  /** A file that has become this large is not written to any more. Default 64 MiB. */
  readonly segmentBytes?: number
}

interface Segment {
  readonly path: string
  /** The position of its first record. */
  readonly first: number
}

interface Waiting<T> {
  readonly item: T
  readonly resolve: (position: number) => void
  readonly reject: (error: Error) => void
}

export interface JournalSnapshot {
  readonly segments: number
  /** Records that were written by this process. */
  readonly written: number
  /** How often the disk was waited for. */
  readonly syncs: number
  readonly syncMs: number
}

/**
 * Records in files, on the disk before `append` resolves. Those who write at the same time wait for the disk together.
 * A record counts once it is whole: one that was cut off by a crash was never acknowledged, and is left out.
 */
export class Journal<T> {
  readonly #directory: string
  readonly #encode: (item: T, isFirst: boolean) => Uint8Array
  readonly #segmentBytes: number
  readonly #segments: Segment[]
  #file: FileHandle | undefined
  #size = 0
  #next: number
  #waiting: Waiting<T>[] = []
  #writing: Promise<void> | undefined
  #written = 0
  #syncs = 0
  #syncMs = 0
  #isClosed = false

  private constructor(
    { directory, encode, segmentBytes = DEFAULT_SEGMENT_BYTES }: JournalOptions<T>,
    segments: Segment[],
    next: number,
  ) {
    this.#directory = directory
    this.#encode = encode
    this.#segmentBytes = segmentBytes
    this.#segments = segments
    this.#next = next
  }

  /** Opens the journal. @throws {StoreError} when records are missing that were acknowledged. */
  static async open<T>(options: JournalOptions<T>): Promise<Journal<T>> {
    const { directory, position, replay } = options
    mkdirSync(directory, { recursive: true })
    const segments = readdirSync(directory)
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => ({ path: join(directory, name), first: Number.parseInt(name, 10) }))
      .toSorted((a, b) => a.first - b.first)
    let next = position + 1
    for (const [index, { path, first }] of segments.entries()) {
      if (first > next)
        throw new StoreError('ERR_STORE_FAILED', `${path} begins with record ${first}, but ${next} is not there`)
      let at = first
      for (const bytes of recordsOf(path)) {
        await replay({ position: at, bytes, isFirst: at === first, isStored: at < next })
        next = Math.max(next, ++at)
      }
      const following = segments[index + 1]
      if (following && following.first > Math.max(at, next))
        throw new StoreError(
          'ERR_STORE_FAILED',
          `${path} is damaged: records ${at} to ${following.first - 1} are missing`,
        )
    }
    return new Journal(options, segments, next)
  }

  /** Writes a record. Resolves with its position, in the order of the calls, once it is on the disk. @throws {StoreError} */
  async append(item: T): Promise<number> {
    if (this.#isClosed) throw new StoreError('ERR_STORE_CLOSED', 'the journal is closed')
    return await new Promise<number>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#writing ??= this.#write()
    })
  }

  /** Everything up to here is stored elsewhere: files that have nothing else are removed. */
  trim(position: number): void {
    for (let second = this.#segments[1]; second && second.first <= position + 1; second = this.#segments[1]) {
      rmSync(this.#segments[0]!.path, { force: true })
      this.#segments.shift()
    }
    // The last one may be removed as well, when it isn't written to.
    if (this.#segments.length !== 1 || this.#file || position + 1 < this.#next) return
    rmSync(this.#segments.pop()!.path, { force: true })
  }

  snapshot(): JournalSnapshot {
    return { segments: this.#segments.length, written: this.#written, syncs: this.#syncs, syncMs: this.#syncMs }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#writing
    await this.#file?.close()
    this.#file = undefined
  }

  async #write(): Promise<void> {
    // Who asks in this turn comes along.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      try {
        await this.#writeGroup(group)
        for (const { resolve } of group) resolve(this.#next++)
        this.#written += group.length
      } catch (error) {
        await this.#abandon()
        const isFull = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
        const failure = new StoreError(
          isFull ? 'ERR_STORE_FULL' : 'ERR_STORE_FAILED',
          `the journal in ${this.#directory} can't be written: ${error instanceof Error ? error.message : String(error)}`,
          error,
        )
        for (const { reject } of group) reject(failure)
      }
    }
    this.#writing = undefined
  }

  async #writeGroup(group: readonly Waiting<T>[]): Promise<void> {
    this.#file ??= await this.#begin()
    const buffers: Uint8Array[] = []
    let length = 0
    for (const { item } of group) {
      const bytes = this.#encode(item, this.#size === 0 && length === 0)
      const frame = Buffer.allocUnsafe(FRAME_BYTES)
      frame.writeUInt32LE(bytes.length, 0)
      frame.writeUInt32LE(crc32(bytes), 4)
      buffers.push(frame, bytes)
      length += FRAME_BYTES + bytes.length
    }
    const all = Buffer.concat(buffers, length)
    for (let at = 0; at < length;) {
      const { bytesWritten } = await this.#file.write(all, at, length - at, this.#size + at)
      at += bytesWritten
    }
    const startMs = performance.now()
    await this.#file.datasync()
    this.#syncMs = performance.now() - startMs
    this.#syncs++
    this.#size += length
    if (this.#size < this.#segmentBytes) return
    const full = this.#file
    this.#file = undefined
    await full.close()
  }

  async #begin(): Promise<FileHandle> {
    const first = this.#next
    const path = join(this.#directory, `${String(first).padStart(16, '0')}${SUFFIX}`)
    const file = await open(path, WRITE_THROUGH)
    try {
      // The file has to be found again after a power failure.
      const directory = await open(this.#directory, 'r')
      try {
        await directory.sync()
      } finally {
        await directory.close()
      }
    } catch (error) {
      await file.close()
      throw error
    }
    this.#size = 0
    // One of this name has nothing that counts.
    if (this.#segments.at(-1)?.first === first) this.#segments.pop()
    this.#segments.push({ path, first })
    return file
  }

  /**
   * After a failed write or sync nobody knows what is on the disk, so the file isn't written to any more: it ends with the
   * last record that was acknowledged.
   */
  async #abandon(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    if (!file) return
    await file.truncate(this.#size).catch(() => undefined)
    await file.close().catch(() => undefined)
  }
}

/** The whole records of a file, up to the first that is not. */
function* recordsOf(path: string): Iterable<Uint8Array> {
  const all = readFileSync(path)
  for (let at = 0; at + FRAME_BYTES <= all.length;) {
    const length = all.readUInt32LE(at)
    const end = at + FRAME_BYTES + length
    if (length === 0 || length > MAX_RECORD_BYTES || end > all.length) return
    const bytes = all.subarray(at + FRAME_BYTES, end)
    if (crc32(bytes) !== all.readUInt32LE(at + 4)) return
    yield bytes
    at = end
  }
}
