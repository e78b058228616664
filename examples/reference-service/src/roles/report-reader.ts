import type { NatsLink } from '../nats/link.ts'
import type { Percentiles } from '../percentiles.ts'

const NONE: Percentiles = {
  percentile_p50: null,
  percentile_p90: null,
  percentile_p99: null,
  avg: null,
  max: null,
  samples: 0,
}

/** What the APIs measure, as they told it last: signals that ask for a report are worked on where nothing is measured. */
export class ReportReader {
  #percentiles = NONE
  readonly #unlisten: () => void

  constructor(link: NatsLink) {
    this.#unlisten = link.listen('percentiles', (message) => {
      this.#percentiles = message as Percentiles
    })
  }

  get percentiles(): Percentiles {
    return this.#percentiles
  }

  stop(): void {
    this.#unlisten()
  }
}
