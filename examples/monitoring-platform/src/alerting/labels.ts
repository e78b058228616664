import type { Tags } from '../sample.ts'

/** As many as an alert may have, and as long as a value may be. */
const MOST = 16
const LONGEST = 256

/**
 * Tags as labels of an alert, which may have less: letters, digits and `_` in at most 64 characters of a name, values of at most
 * 256 characters, 16 with those of the rule. What is too much is left out, so series that differ in nothing else are taken
 * together. Sorted by name; equal tags give equal labels.
 */
export function labelsOf(tags: Tags, ofRule: Tags): Tags {
  const labels: Record<string, string> = {}
  let room = MOST - Object.keys(ofRule).length
  for (const tag of Object.keys(tags).toSorted()) {
    const value = tags[tag]!
    if (value === '' || room <= 0) continue
    const name = tag
      .replaceAll(/[^a-zA-Z0-9_]/g, '_')
      .replace(/^(?=\d)/, '_')
      .slice(0, 64)
    if (name in labels) continue
    labels[name] = value.slice(0, LONGEST)
    room--
  }
  return labels
}

/** What an alert is found by: the same for the same rule and labels, those of the rule included. */
export function alertKeyOf(rule: string, labels: Tags): string {
  return JSON.stringify([rule, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))])
}
