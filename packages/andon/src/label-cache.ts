import { type Labels, NO_LABELS } from './labels.ts'

/** The label objects of one source: always the same object for the same labels, so that they are formatted once. */
export class LabelCache {
  readonly #instance: string
  readonly #details = new Map<string, Map<string, Labels>>()
  readonly #plain = new Map<string, Labels>()
  readonly #max: number

  constructor(instance: string, max: number) {
    this.#instance = instance
    this.#max = max
  }

  get([instanceLabel, detailLabel]: readonly string[], detail: string | undefined): Labels {
    if (instanceLabel === undefined) return NO_LABELS
    if (detailLabel === undefined || detail === undefined) {
      let labels = this.#plain.get(instanceLabel)
      if (!labels) this.#plain.set(instanceLabel, (labels = Object.freeze({ [instanceLabel]: this.#instance })))
      return labels
    }
    let details = this.#details.get(detailLabel)
    if (!details) this.#details.set(detailLabel, (details = new Map<string, Labels>()))
    let labels = details.get(detail)
    if (labels) return labels
    // Values that come and go must not pile up: begin anew.
    if (details.size >= this.#max) details.clear()
    labels = Object.freeze({ [instanceLabel]: this.#instance, [detailLabel]: detail })
    details.set(detail, labels)
    return labels
  }
}
