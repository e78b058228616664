import type { Report } from './report.ts'

/** A process that is not heard of for this long, in ms, is gone. */
const GONE_MS = 5_000
/** More processes than this are not listened to. */
const MAX_PROCESSES = 1_000

/** A report, with how long ago it came, in ms. */
export interface HeardReport {
  readonly report: Report
  readonly agoMs: number
}

/** The processes of the system, as they tell of themselves. */
export class Fleet {
  readonly #reports = new Map<string, { readonly report: Report; readonly heardMs: number }>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  hear(report: Report): void {
    this.#forget()
    if (report.isLeaving) this.#reports.delete(report.id)
    else if (this.#reports.size < MAX_PROCESSES || this.#reports.has(report.id))
      this.#reports.set(report.id, { report, heardMs: this.#now() })
  }

  /** The last report of each process that is there, by role and id. */
  reports(): readonly HeardReport[] {
    this.#forget()
    const nowMs = this.#now()
    return [...this.#reports.values()]
      .map(({ report, heardMs }) => ({ report, agoMs: nowMs - heardMs }))
      .toSorted((a, b) => `${a.report.role} ${a.report.id}`.localeCompare(`${b.report.role} ${b.report.id}`))
  }

  #forget(): void {
    const nowMs = this.#now()
    for (const [id, { heardMs }] of this.#reports) if (nowMs - heardMs > GONE_MS) this.#reports.delete(id)
  }
}
