/** What `toYaml` writes. */
export type YamlValue = string | number | boolean | readonly YamlValue[] | { readonly [key: string]: YamlValue }

/**
 * Block YAML 1.2 of plain data. Strings are quoted as JSON does, which YAML reads the same, so that no text can be taken
 * for anything else: a writer of fifteen lines, where a library would be fifty times the size of what uses it.
 */
export function toYaml(value: YamlValue, indent = ''): string {
  if (typeof value !== 'object') return `${JSON.stringify(value)}\n`
  const lines = isList(value)
    ? value.map((item) => [`${indent}-`, item] as const)
    : Object.entries(value).map(([key, item]) => [`${indent}${key}:`, item] as const)
  if (lines.length === 0) return isList(value) ? '[]\n' : '{}\n'
  return lines
    .map(([start, item]) => {
      const isBlock = typeof item === 'object' && Object.keys(item).length > 0
      return isBlock ? `${start}\n${toYaml(item, `${indent}  `)}` : `${start} ${toYaml(item)}`
    })
    .join('')
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value)
}
