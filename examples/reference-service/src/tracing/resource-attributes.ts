import type { Attributes } from '@opentelemetry/api'

/**
 * Reads `OTEL_RESOURCE_ATTRIBUTES`: `key=value` by commas, percent-encoded.
 * @throws {RangeError} when it is something else.
 */
export function parseResourceAttributes(text: string): Attributes {
  const attributes: Attributes = {}
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue
    const at = pair.indexOf('=')
    const key = pair.slice(0, at).trim()
    if (at < 1 || key === '')
      throw new RangeError(`OTEL_RESOURCE_ATTRIBUTES must be "key=value,key=value", got "${pair.trim()}"`)
    attributes[key] = decode(pair.slice(at + 1).trim())
  }
  return attributes
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    throw new RangeError(`OTEL_RESOURCE_ATTRIBUTES must be percent-encoded, got "${value}"`)
  }
}
