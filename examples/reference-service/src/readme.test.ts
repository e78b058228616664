import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ConfigSchema } from './config.ts'
import { expectedOf } from './config/problems.ts'
import { SettingsSchema } from './settings.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** The tables' rows of so many cells that begin with a name of this form, without the space that aligns them. */
function rows(name: RegExp, cells: number): string[] {
  return [...readme.matchAll(new RegExp(`^\\| \`(?:${name.source})\` .*\\|$`, 'gm'))]
    .map(([row]) => row.replaceAll(/ +/g, ' '))
    .filter((row) => row.split(' | ').length === cells)
    .toSorted()
}

it('says of every variable what it may be, its default and what it is for, and knows no other one', () => {
  const expected = Object.entries(ConfigSchema.properties).map(([name, schema]) => {
    const { default: fallback, description } = schema as { default?: unknown; description?: string }
    const shown =
      fallback === undefined || fallback === ''
        ? 'none'
        : `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``
    return `| \`${name}\` | ${expectedOf(schema)} | ${shown} | ${description} |`
  })
  expect(rows(/[A-Z][A-Z\d_]+/, 4)).toEqual(expected.toSorted())
})

it('says the same of every setting', () => {
  const expected = Object.entries(SettingsSchema.properties).map(
    ([name, schema]) => `| \`${name}\` | ${expectedOf(schema)} | ${(schema as { description?: string }).description} |`,
  )
  expect(rows(/[a-z]+(?:_[a-z]+)+|workers|autoscale/, 3)).toEqual(expected.toSorted())
})
