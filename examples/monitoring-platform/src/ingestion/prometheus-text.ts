import type { Tags } from '../sample.ts'

/** A sample of a Prometheus page. */
export interface ScrapedSample {
  readonly name: string
  readonly tags: Tags
  readonly value: number
  readonly timestampMs: number | undefined
}

/** Thrown for a page that can't be read. */
export class PageError extends Error {
  override readonly name = 'PageError'
  readonly code = 'ERR_PAGE'
  /** From 1. */
  readonly line: number

  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`)
    this.line = line
  }
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{(.*)\})?\s*(\S+)(?:\s+(-?[0-9.]+(?:[eE][+-]?\d+)?))?\s*(?:#.*)?$/
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/y

/**
 * Reads the text format of Prometheus, or OpenMetrics with `isOpenMetrics`, where times are in seconds.
 * Comments, types and exemplars are left out. @throws {PageError}
 */
export function* readPage(page: string, isOpenMetrics = false): Iterable<ScrapedSample> {
  let number = 0
  for (const line of page.split('\n')) {
    number++
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    const match = matchLine(text)
    if (!match) throw new PageError(number, `${JSON.stringify(text.slice(0, 100))} is no sample`)
    const [, name = '', labels, rawValue = '', time] = match
    const value = readFloat(rawValue)
    if (value === undefined) throw new PageError(number, `${JSON.stringify(rawValue)} is no number`)
    const timestampMs = time === undefined ? undefined : Math.round(Number(time) * (isOpenMetrics ? 1_000 : 1))
    yield { name, tags: readLabels(labels ?? '', number), value, timestampMs }
  }
}

/** An exemplar, after ` # {`, has braces of its own. */
function matchLine(text: string): RegExpExecArray | null {
  const exemplar = /\}?\s+\S+(?:\s+\S+)?(\s+# \{.*)$/.exec(text)
  return LINE.exec(exemplar?.[1] === undefined ? text : text.slice(0, text.length - exemplar[1].length))
}

function readLabels(text: string, line: number): Tags {
  const tags: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text)
    if (!match) throw new PageError(line, `${JSON.stringify(text.slice(0, 100))} are no labels`)
    const [, label = '', value = ''] = match
    const unescaped = value.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
    // An empty label is the same as none.
    if (unescaped !== '') tags[label] = unescaped
  }
  return tags
}

function readFloat(text: string): number | undefined {
  if (/^[+-]?inf(inity)?$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^[+-]?nan$/i.test(text)) return Number.NaN
  const value = Number(text)
  return Number.isNaN(value) ? undefined : value
}
