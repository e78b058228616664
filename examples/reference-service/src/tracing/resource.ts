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
