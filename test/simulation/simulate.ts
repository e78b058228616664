import type { Policy } from './policy.ts'
import { Random } from './random.ts'
import { VirtualTime } from './virtual-time.ts'
import { type Arrivals, type Class, type Job, type Mix, jobs } from './workload.ts'

/** Workers that fail: each after `everyMs` of uptime on average, and then for `repairMs`, both exponential. */
export interface Failures {
  readonly everyMs: number
  readonly repairMs: number
}

export interface Scenario {
  readonly workers: number
  readonly arrivals: Arrivals
  readonly mix: Mix
  /** How many jobs come. */
  readonly jobs: number
  readonly seed: number
  readonly failures?: Failures
}

/** What came of it. */
export interface Outcome {
  /** How long jobs took from their arrival to their end, by class, shortest first. */
  readonly latenciesMs: Record<Class, Float64Array>
  /** How often each job was done: 1 for each, when nothing was lost or doubled. */
  readonly timesDone: Uint8Array
  /** How many times a worker failed at a job. */
  readonly failed: number
  /** How much of the time workers were busy. */
  readonly busyRatio: number
  readonly endedMs: number
}

/** Runs a policy through a scenario until every job is done. */
export function simulate(scenario: Scenario, makePolicy: (time: VirtualTime, random: Random) => Policy): Outcome {
  return new Simulation(scenario, makePolicy).run()
}

/** The quantile of values that are sorted, by nearest rank. */
export function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

class Simulation {
  readonly #scenario: Scenario
  readonly #time = new VirtualTime()
  readonly #policy: Policy
  readonly #next: () => Job
  readonly #luck: Random
  readonly #idle = new Set<number>()
  #up: number
  /** Which job each worker has, and which of its takes that was: what a failed worker would have ended doesn't count. */
  readonly #working: (Job | undefined)[]
  readonly #takes: number[]
  readonly #latenciesMs: Record<Class, number[]> = { fast: [], slow: [] }
  readonly #timesDone: Uint8Array
  #arrived = 0
  #done = 0
  #failed = 0
  #busyMs = 0

  constructor(scenario: Scenario, makePolicy: (time: VirtualTime, random: Random) => Policy) {
    const random = new Random(scenario.seed)
    this.#scenario = scenario
    this.#next = jobs(scenario.arrivals, scenario.mix, random.fork())
    this.#luck = random.fork()
    this.#policy = makePolicy(this.#time, random.fork())
    this.#up = scenario.workers
    this.#timesDone = new Uint8Array(scenario.jobs)
    this.#working = new Array<Job | undefined>(scenario.workers).fill(undefined)
    this.#takes = new Array<number>(scenario.workers).fill(0)
    for (let worker = 0; worker < scenario.workers; worker++) this.#idle.add(worker)
  }

  run(): Outcome {
    const { jobs: total, workers, failures } = this.#scenario
    this.#awaitArrival()
    if (failures) for (let worker = 0; worker < workers; worker++) this.#awaitFailure(worker, failures)
    this.#time.run(() => this.#done < total)
    const endedMs = this.#time.now()
    const { fast, slow } = this.#latenciesMs
    return {
      latenciesMs: { fast: new Float64Array(fast).toSorted(), slow: new Float64Array(slow).toSorted() },
      timesDone: this.#timesDone,
      failed: this.#failed,
      busyRatio: this.#busyMs / (endedMs * workers),
      endedMs,
    }
  }

  #awaitArrival(): void {
    if (this.#arrived === this.#scenario.jobs) return
    const job = this.#next()
    this.#time.schedule(job.arrivedMs - this.#time.now(), () => {
      this.#arrived++
      this.#policy.offer(job)
      this.#dispatch()
      this.#awaitArrival()
    })
  }

  /** Every idle worker looks for work, the one that is idle longest first. */
  #dispatch(): void {
    for (const worker of this.#idle) {
      const job = this.#policy.take(worker)
      if (job === undefined) continue
      this.#idle.delete(worker)
      this.#working[worker] = job
      const take = this.#takes[worker] as number
      this.#time.schedule(job.serviceMs, () => {
        if (this.#takes[worker] === take) this.#end(worker, job)
      })
    }
  }

  #end(worker: number, job: Job): void {
    this.#release(worker)
    this.#done++
    this.#busyMs += job.serviceMs
    this.#timesDone[job.id] = (this.#timesDone[job.id] as number) + 1
    this.#latenciesMs[job.class].push(this.#time.now() - job.arrivedMs)
    this.#policy.done(worker, job)
    this.#idle.add(worker)
    this.#dispatch()
  }

  #release(worker: number): void {
    this.#working[worker] = undefined
    this.#takes[worker] = (this.#takes[worker] as number) + 1
  }

  #awaitFailure(worker: number, failures: Failures): void {
    this.#time.schedule(this.#luck.exponential(failures.everyMs), () => {
      const job = this.#working[worker]
      this.#idle.delete(worker)
      this.#policy.up?.(--this.#up)
      if (job) {
        this.#release(worker)
        this.#failed++
        this.#policy.failed(worker, job)
        this.#dispatch()
      }
      this.#time.schedule(this.#luck.exponential(failures.repairMs), () => {
        this.#policy.up?.(++this.#up)
        this.#idle.add(worker)
        this.#dispatch()
        this.#awaitFailure(worker, failures)
      })
    })
  }
}
