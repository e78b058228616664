import type { Attributes } from '@opentelemetry/api'
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace'

/** What spans say about who made them. */
export type Resource = ReadableSpan['resource']

/** The SDK's own resource with `attributes` in it. */
export function resourceWith(attributes: Attributes): Resource {
  const span = new TracerProvider().getTracer('resource').startSpan('resource')
  const { resource } = span as unknown as ReadableSpan
  const entries = Object.entries(attributes)
  const own: Resource = { attributes, getRawAttributes: () => entries, merge: (other) => other ?? own }
  return resource.merge(own)
}

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
