import type { Job } from './workload.ts'

/** Who gets which job, and when: what is compared. */
export interface Policy {
  /** A job has come. */
  offer(job: Job): void
  /** What worker `worker`, which is idle, does next; nothing when there is nothing for it. */
  take(worker: number): Job | undefined
  /** The worker has done the job. */
  done(worker: number, job: Job): void
  /** The worker has failed at it: it is to be done again. */
  failed(worker: number, job: Job): void
  /** So many workers are up, from now on. */
  up?(workers: number): void
}
