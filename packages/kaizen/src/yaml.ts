/** What `toYaml` writes. */
export type YamlValue = string | number | boolean | readonly YamlValue[] | { readonly [key: string]: YamlValue }

/**
 * Block YAML 1.2 of plain data. Strings are quoted as JSON does, which YAML reads the same, so that no text can be taken
 * for anything else: a writer of fifteen lines, where a library would be fifty times the size of what uses it.
 */
export function toYaml(value: YamlValue, indent = ''): string {
  if (typeof value !== 'object') return `${JSON.stringify(value)}\n`
  if (Object.keys(value).length === 0) return isList(value) ? '[]\n' : '{}\n'
  if (isList(value)) {
    // What an item begins with stands behind its dash.
    return value
      .map((item) => `${indent}- ${toYaml(item, `${indent}  `).slice(isBlock(item) ? indent.length + 2 : 0)}`)
      .join('')
  }
  return Object.entries(value)
    .map(([key, item]) => `${indent}${key}:${isBlock(item) ? '\n' : ' '}${toYaml(item, `${indent}  `)}`)
    .join('')
}

function isBlock(value: YamlValue): boolean {
  return typeof value === 'object' && Object.keys(value).length > 0
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value)
}
