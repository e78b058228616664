import { type Labels, NO_LABELS } from './labels.ts'

/** The label objects of one source: always the same object for the same labels, so that they are formatted once. */
export class LabelCache {
  readonly #instance: string
  readonly #plain = new Map<string, Labels>()
  /** By the label names of a row, then by the detail. */
  readonly #detailed = new Map<readonly string[], Map<string, Labels>>()
  readonly #max: number

  constructor(instance: string, max: number) {
    this.#instance = instance
    this.#max = max
  }

  get(names: readonly string[], detail: string | undefined): Labels {
    const [instanceLabel, detailLabel] = names
    if (instanceLabel === undefined) return NO_LABELS
    if (detailLabel === undefined || detail === undefined) {
      let labels = this.#plain.get(instanceLabel)
      if (!labels) this.#plain.set(instanceLabel, (labels = Object.freeze({ [instanceLabel]: this.#instance })))
      return labels
    }
    let byDetail = this.#detailed.get(names)
    if (!byDetail) this.#detailed.set(names, (byDetail = new Map<string, Labels>()))
    let labels = byDetail.get(detail)
    if (labels) return labels
    // Values that come and go must not pile up: begin anew.
    if (byDetail.size >= this.#max) byDetail.clear()
    labels = Object.freeze({ [instanceLabel]: this.#instance, [detailLabel]: detail })
    byDetail.set(detail, labels)
    return labels
  }
}
