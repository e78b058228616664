/** Names and values that tell one alert of a rule from another. Never readings: they would make every alert new. */
export type Labels = Readonly<Record<string, string>>

const MAX_LABELS = 16
const MAX_VALUE_LENGTH = 256
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/

/** No labels at all. */
export const NO_LABELS: Labels = Object.freeze({})

/** A frozen copy of `labels`, sorted by name, so that equal sets look the same whatever order they were written in. */
export function checkLabels(name: string, labels: Labels): Labels {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels))
    throw new TypeError(`${name} must be an object of strings`)
  const keys = Object.keys(labels).toSorted()
  if (keys.length > MAX_LABELS)
    throw new RangeError(`${name} must have at most ${MAX_LABELS} labels, got ${keys.length}`)
  const sorted: Record<string, string> = Object.create(null)
  for (const key of keys) {
    const value: unknown = labels[key]
    if (!LABEL_NAME.test(key)) throw new RangeError(`${name}: a label's name must match ${LABEL_NAME}, got "${key}"`)
    if (typeof value !== 'string') throw new TypeError(`${name}.${key} must be a string, got ${typeof value}`)
    if (value.length > MAX_VALUE_LENGTH)
      throw new RangeError(`${name}.${key} must have at most ${MAX_VALUE_LENGTH} characters, got ${value.length}`)
    sorted[key] = value
  }
  return Object.freeze({ ...sorted })
}

/** Text that is the same for the same labels and different for different ones. Wants what `checkLabels` returned. */
export function labelKey(labels: Labels): string {
  const parts: string[] = []
  for (const key of Object.keys(labels)) parts.push(`${key}=${JSON.stringify(labels[key])}`)
  return parts.join(',')
}

/** What an alert is recognized by, here and at the receivers: `HighLatency{shard="a"}`. */
export function fingerprintOf(rule: string, labels: Labels): string {
  return `${rule}{${labelKey(labels)}}`
}
