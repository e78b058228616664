import { LoadLeveler, type LoadLevelerOptions } from '@tps/heijunka'
import type { Lease, WorkSource } from '@tps/internal'
import type { Policy } from './policy.ts'
import type { VirtualTime } from './virtual-time.ts'
import type { Job } from './workload.ts'

/** Our own leveler. Where it is shared, workers pull from the whole, and it is told how many are up. */
export class LevelerPolicy implements Policy {
  readonly leveler: LoadLeveler<Job>
  /** Where each worker pulls. */
  readonly #sources: readonly WorkSource<Job>[]
  readonly #leases = new Map<Job, Lease<Job>>()
  readonly #isShared: boolean

  constructor(time: VirtualTime, options: Omit<LoadLevelerOptions<Job>, 'clock' | 'timers' | 'capacity'>) {
    const leveler = new LoadLeveler<Job>({ clock: time, timers: time, capacity: Number.MAX_SAFE_INTEGER, ...options })
    this.leveler = leveler
    this.#isShared = leveler.snapshot().strategy === 'shared'
    this.#sources = Array.from({ length: options.workers }, (_, worker) =>
      this.#isShared ? leveler : leveler.lane(worker),
    )
  }

  offer(job: Job): void {
    if (!this.leveler.offer(job)) throw new Error('refused')
  }

  take(worker: number): Job | undefined {
    const lease = this.#sources[worker]?.tryLease()
    if (lease) this.#leases.set(lease.item, lease)
    return lease?.item
  }

  done(_worker: number, job: Job): void {
    void this.#end(job).ack()
  }

  failed(_worker: number, job: Job): void {
    void this.#end(job).retry()
  }

  up(workers: number): void {
    if (this.#isShared) this.leveler.resize(Math.max(1, workers))
  }

  #end(job: Job): Lease<Job> {
    const lease = this.#leases.get(job)
    if (!lease) throw new Error(`job ${job.id} is not in progress`)
    this.#leases.delete(job)
    return lease
  }
}
