import { Ring } from '@tps/internal'
import type { Policy } from './policy.ts'
import type { Random } from './random.ts'
import type { Job } from './workload.ts'

// Policies that others have, as plainly as they can be written.

/** First come, first served, by whoever is free. */
export class CentralPull implements Policy {
  readonly #waiting = new Ring<Job>()

  offer(job: Job): void {
    this.#waiting.push(job)
  }

  take(): Job | undefined {
    return this.#waiting.shift()
  }

  done(): void {}

  failed(_worker: number, job: Job): void {
    this.#waiting.unshift(job)
  }
}

/** As that, with at most `limit` jobs labelled slow in progress. */
export class CappedPull implements Policy {
  readonly #waiting = { fast: new Ring<Job>(), slow: new Ring<Job>() }
  readonly #limit: number
  #slow = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  offer(job: Job): void {
    this.#waiting[job.label].push(job)
  }

  take(): Job | undefined {
    const { fast, slow } = this.#waiting
    const first = this.#slow < this.#limit ? slow.peek() : undefined
    const other = fast.peek()
    if (first === undefined || (other !== undefined && other.id < first.id)) return fast.shift()
    this.#slow++
    return slow.shift()
  }

  done(_worker: number, job: Job): void {
    if (job.label === 'slow') this.#slow--
  }

  failed(worker: number, job: Job): void {
    this.done(worker, job)
    this.#waiting[job.label].unshift(job)
  }
}

/** Some workers for what is labelled fast, the others for the rest, and none helps out. */
export class HardSplit implements Policy {
  readonly #waiting = { fast: new Ring<Job>(), slow: new Ring<Job>() }
  readonly #fastWorkers: number

  constructor(fastWorkers: number) {
    this.#fastWorkers = fastWorkers
  }

  offer(job: Job): void {
    this.#waiting[job.label].push(job)
  }

  take(worker: number): Job | undefined {
    return this.#waiting[worker < this.#fastWorkers ? 'fast' : 'slow'].shift()
  }

  done(): void {}

  failed(_worker: number, job: Job): void {
    this.#waiting[job.label].unshift(job)
  }
}

/** A queue for each worker; who offers chooses one and the job stays there. */
abstract class OwnQueues implements Policy {
  protected readonly queues: readonly Ring<Job>[]

  constructor(workers: number) {
    this.queues = Array.from({ length: workers }, () => new Ring<Job>())
  }

  protected abstract choose(job: Job): number

  offer(job: Job): void {
    this.queues[this.choose(job)]?.push(job)
  }

  take(worker: number): Job | undefined {
    return this.queues[worker]?.shift()
  }

  done(_worker: number, _job: Job): void {}

  failed(worker: number, job: Job): void {
    this.queues[worker]?.unshift(job)
  }
}

/** To each in turn. */
export class RoundRobin extends OwnQueues {
  #next = 0

  protected choose(): number {
    return this.#next++ % this.queues.length
  }
}

/** To each in turn; who has nothing takes the oldest of a random other one (Blumofe and Leiserson, 1999). */
export class RoundRobinStealing extends RoundRobin {
  readonly #random: Random

  constructor(workers: number, random: Random) {
    super(workers)
    this.#random = random
  }

  override take(worker: number): Job | undefined {
    return super.take(worker) ?? this.queues[this.#random.below(this.queues.length)]?.shift()
  }
}

/** To the one of two drawn that has less to do, in ms: by what jobs of its class take on average. */
export class PowerOfTwo extends OwnQueues {
  readonly #random: Random
  readonly #expectedMs: (job: Job) => number
  readonly #loads: number[]

  constructor(workers: number, random: Random, expectedMs: (job: Job) => number) {
    super(workers)
    this.#random = random
    this.#expectedMs = expectedMs
    this.#loads = new Array<number>(workers).fill(0)
  }

  protected choose(job: Job): number {
    const { length } = this.queues
    const one = this.#random.below(length)
    const other = (one + 1 + this.#random.below(length - 1)) % length
    const chosen = (this.#loads[other] as number) < (this.#loads[one] as number) ? other : one
    this.#loads[chosen] = (this.#loads[chosen] as number) + this.#expectedMs(job)
    return chosen
  }

  override done(worker: number, job: Job): void {
    this.#loads[worker] = (this.#loads[worker] as number) - this.#expectedMs(job)
  }
}

/** To a worker that has said it is idle, the longest ago first; to a random one when there is none. */
export class JoinIdleQueue extends OwnQueues {
  readonly #random: Random
  /** Idle workers in the order they became so. */
  readonly #idle = new Set<number>()

  constructor(workers: number, random: Random) {
    super(workers)
    this.#random = random
    for (let worker = 0; worker < workers; worker++) this.#idle.add(worker)
  }

  protected choose(): number {
    for (const worker of this.#idle) {
      this.#idle.delete(worker)
      return worker
    }
    return this.#random.below(this.queues.length)
  }

  override take(worker: number): Job | undefined {
    const job = super.take(worker)
    if (job === undefined) this.#idle.add(worker)
    else this.#idle.delete(worker)
    return job
  }
}
