import { type Labels, NO_LABELS } from './labels.ts'

/** The labels of one series, in the forms that are needed. The same object for the same labels. */
export interface LabelSet {
  readonly labels: Labels
  /** As the text formats have them: `{queue="orders"}`; empty without labels. */
  readonly text: string
  /** The name of the source. */
  readonly source: string
  /** The value of the second label. */
  readonly detail: string | undefined
}

const NONE: LabelSet = { labels: NO_LABELS, text: '', source: '', detail: undefined }

/** The label sets of one source: always the same object for the same labels, so that they are formatted once. */
export class LabelCache {
  readonly #source: string
  readonly #plain = new Map<string, LabelSet>()
  /** By the label names of a row, then by the detail. */
  readonly #detailed = new Map<readonly string[], Map<string, LabelSet>>()
  readonly #max: number

  constructor(source: string, max: number) {
    this.#source = source
    this.#max = max
  }

  get(names: readonly string[], detail: string | undefined): LabelSet {
    const [sourceLabel, detailLabel] = names
    if (sourceLabel === undefined) return NONE
    if (detailLabel === undefined || detail === undefined) {
      let set = this.#plain.get(sourceLabel)
      if (!set) this.#plain.set(sourceLabel, (set = this.#make({ [sourceLabel]: this.#source }, undefined)))
      return set
    }
    let byDetail = this.#detailed.get(names)
    if (!byDetail) this.#detailed.set(names, (byDetail = new Map<string, LabelSet>()))
    let set = byDetail.get(detail)
    if (set) return set
    // Values that come and go must not pile up: begin anew.
    if (byDetail.size >= this.#max) byDetail.clear()
    set = this.#make({ [sourceLabel]: this.#source, [detailLabel]: detail }, detail)
    byDetail.set(detail, set)
    return set
  }

  #make(labels: Labels, detail: string | undefined): LabelSet {
    const text = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    return { labels: Object.freeze(labels), text: `{${text.join(',')}}`, source: this.#source, detail }
  }
}

/** A label's value as the text formats want it. */
export function escapeLabel(value: string): string {
  return value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`)
}
