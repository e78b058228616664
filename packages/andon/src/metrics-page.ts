import { checkFunction, checkObject } from '@tps/internal'
import type { Exemplars } from './exemplars.ts'
import type { Family } from './family.ts'
import { type CollectMetricsOptions, checkSources } from './metric-sources.ts'
import { type FamilyKeeper, SampleBook } from './sample-book.ts'
import { CONTENT_TYPES, type TextFormat, openMetricsText, prometheusText } from './text-format.ts'

/** What a page shows beside the sources. */
export interface MetricsPageOptions extends CollectMetricsOptions {
  /** Traces to look at. They show in OpenMetrics only: the older format has no place for them. Default none. */
  readonly exemplars?: Exemplars | undefined
}

/** How a page is asked for. */
export interface RenderOptions {
  /** The `Accept` header of the request: OpenMetrics is given to who names it. Default: the format 0.0.4. */
  readonly accept?: string | undefined
  /** Text of other metrics, in the same format, `prom-client`'s for one. It goes first; an `# EOF` in it is taken out. */
  readonly before?: string | ((format: TextFormat) => string) | undefined
}

/** A page as it is sent. */
export interface RenderedPage {
  readonly contentType: string
  readonly body: string
}

/**
 * What `GET /metrics` answers, without any other library: each source's `snapshot()` is read once a scrape, and between
 * scrapes nothing happens.
 */
export class MetricsPage {
  readonly #book: SampleBook
  readonly #names = new Set<string>()
  readonly #exemplars: Exemplars | undefined

  /** @throws {TypeError | RangeError} when an option is wrong. */
  constructor(options: MetricsPageOptions) {
    const keeper: FamilyKeeper = {
      opened: ({ name }: Family) => void this.#names.add(name),
      closed: ({ name }: Family) => void this.#names.delete(name),
    }
    this.#book = new SampleBook(keeper)
    this.#book.add(checkSources(options))
    const { exemplars } = options
    this.#exemplars = exemplars === undefined ? undefined : checkObject('exemplars', exemplars, ['between', 'counted'])
  }

  /** Shows more sources, under names of their own choice. Returns what takes them out again. */
  add(options: CollectMetricsOptions): () => void {
    const group = checkSources(options)
    this.#book.add(group)
    return () => this.#book.remove(group)
  }

  /** The names of the families that may show. */
  names(): string[] {
    return [...this.#names].toSorted()
  }

  /** Reads everything and writes it down. O(series). */
  render({ accept = '', before = '' }: RenderOptions = {}): RenderedPage {
    const format: TextFormat = accept.includes('application/openmetrics-text') ? 'openmetrics' : 'prometheus'
    const other = typeof before === 'string' ? before : checkFunction('before', before)(format)
    this.#book.collect()
    const { families } = this.#book
    const first = other === '' ? '' : other.replace(/# EOF\n?$/, '').trimEnd()
    const isPlain = format === 'prometheus'
    const body = isPlain ? prometheusText(families, first) : openMetricsText(families, first, this.#exemplars)
    this.#book.clear()
    return { contentType: CONTENT_TYPES[format], body }
  }
}
