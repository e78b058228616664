import { statfsSync } from 'node:fs'
import { availableParallelism, freemem, totalmem } from 'node:os'

/** How much of the machine is used: ratios from 0 to 1, `null` where it can't be told. */
export interface HostReading {
  /** Of all processors, what this process used since the reading before. */
  readonly cpuRatio: number | null
  /** Of the memory that this process may use, what is taken, by whomever. */
  readonly memoryRatio: number
  /** Of the disk that holds the working directory. */
  readonly diskRatio: number | null
  /** What this process holds, in bytes. */
  readonly rssBytes: number
}

/** Disks fill slowly: they are asked this seldom. */
const DISK_EVERY_MS = 30_000

/** Reads the use of the machine. */
export class HostMeter {
  readonly #folder: string
  #cpu = process.cpuUsage()
  #cpuMs = performance.now()
  #disk: number | null = null
  #diskMs = -Infinity

  constructor(folder = process.cwd()) {
    this.#folder = folder
  }

  read(): HostReading {
    const nowMs = performance.now()
    if (nowMs - this.#diskMs >= DISK_EVERY_MS) {
      this.#disk = diskRatio(this.#folder)
      this.#diskMs = nowMs
    }
    return {
      cpuRatio: this.#cpuRatio(nowMs),
      memoryRatio: memoryRatio(),
      diskRatio: this.#disk,
      rssBytes: process.memoryUsage.rss(),
    }
  }

  #cpuRatio(nowMs: number): number | null {
    const elapsedMs = nowMs - this.#cpuMs
    if (elapsedMs <= 0) return null
    const { user, system } = process.cpuUsage(this.#cpu)
    this.#cpu = process.cpuUsage()
    this.#cpuMs = nowMs
    return Math.min(1, (user + system) / 1_000 / elapsedMs / availableParallelism())
  }
}

/** In a container its own limit counts, not the machine's memory. */
function memoryRatio(): number {
  const limit = process.constrainedMemory()
  return limit > 0 && limit < totalmem() ? 1 - process.availableMemory() / limit : 1 - freemem() / totalmem()
}

function diskRatio(folder: string): number | null {
  try {
    const { blocks, bavail } = statfsSync(folder)
    return blocks > 0 ? 1 - bavail / blocks : null
  } catch {
    return null
  }
}
