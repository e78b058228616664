/** What is shorter is no secret, but `v1` or the like. */
const SHORTEST_PIECE = 4
const REDACTED = '[redacted]'

/** What must never be shown, and how to take it out of a text that somebody else wrote. */
export class Secrets {
  readonly #parts: readonly string[]

  constructor(secrets: readonly string[]) {
    const pieces = secrets.flatMap(piecesOf).filter(({ length }) => length >= SHORTEST_PIECE)
    const parts = new Set([...secrets.filter((secret) => secret !== ''), ...pieces])
    // Longest first, so that no part of a secret is left beside what was replaced.
    this.#parts = [...parts].toSorted((a, b) => b.length - a.length)
  }

  /** `text` without the secrets, whole or in parts. */
  redact(text: string): string {
    let clean = text
    for (const part of this.#parts) clean = clean.replaceAll(part, REDACTED)
    return clean
  }
}

/** A URL in the forms in which it may come back: its path and values also piece by piece, and decoded. */
function piecesOf(secret: string): string[] {
  if (!URL.canParse(secret)) return []
  const { href, pathname, search, searchParams } = new URL(secret)
  const asWritten = search.slice(1).split(/[&=]/)
  const pieces = [...pathname.split('/'), ...asWritten, ...searchParams.values()]
  return [href, pathname + search, pathname, ...pieces, ...pieces.map(decode)]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Returns `value` when it is a string that is not empty. Unlike the other checks it never shows the value. */
export function checkSecret(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string`)
  if (value.length === 0) throw new RangeError(`${name} must not be empty`)
  return value
}

/** Returns `value` when it is the absolute URL of a web server. Never shows it. */
export function checkSecretUrl(name: string, value: unknown): string {
  const text = value instanceof URL ? value.href : checkSecret(name, value)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new RangeError(`${name} must be an absolute URL that begins with https:// or http://`)
  if (url.username || url.password) throw new RangeError(`${name} must not hold a user or a password: use headers`)
  return url.href
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/
/** Visible ASCII, blanks and what HTTP calls opaque: what every `fetch` accepts as a header's value. */
// oxlint-disable-next-line no-control-regex
const HEADER_VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/

/** A copy of `headers` with lower-case names; `reserved` are ours to set. Never shows a value. */
export function checkSecretHeaders(
  headers: Readonly<Record<string, string>> = {},
  reserved: readonly string[] = [],
): Record<string, string> {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers))
    throw new TypeError('headers must be an object of strings')
  const checked: Record<string, string> = {}
  for (const [key, value] of Object.entries(headers)) {
    const name = key.toLowerCase()
    if (!HEADER_NAME.test(name)) throw new RangeError('headers: a name must be a token of HTTP')
    if (reserved.includes(name)) throw new RangeError(`headers must not set ${name}`)
    if (typeof value !== 'string') throw new TypeError(`headers: ${name} must be a string`)
    if (!HEADER_VALUE.test(value)) throw new RangeError(`headers: ${name} must have no line breaks or wide characters`)
    checked[name] = value
  }
  return checked
}
