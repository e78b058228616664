// How a series is written: cpu_usage{host="web-1",region="eu"}, as the platform does.

/** The text that stands for a series. */
export function keyOf({ name, tags = {} }) {
  const names = Object.keys(tags).sort()
  return names.length === 0 ? name : `${name}{${names.map((tag) => `${tag}=${JSON.stringify(tags[tag])}`).join(',')}}`
}

/** The series that a text stands for. */
export function seriesOf(key) {
  const brace = key.indexOf('{')
  if (brace === -1) return { name: key, tags: {} }
  const tags = {}
  for (const [, tag, value] of key.slice(brace + 1).matchAll(/([^=,{}]+)=("(?:[^"\\]|\\.)*")/g)) {
    try {
      tags[tag] = JSON.parse(value)
    } catch {
      // Somebody wrote it by hand. The series is then another one, or none.
    }
  }
  return { name: key.slice(0, brace), tags }
}
