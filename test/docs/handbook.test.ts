import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { HANDBOOK, handbookPages } from '../../scripts/andon-docs.ts'

const pages = handbookPages()

it('the pages of the handbook are those of the trees, and no others', () => {
  expect(readdirSync(HANDBOOK).toSorted()).toEqual([...pages.keys()].toSorted())
})

it.each([...pages.keys()])('%s is what the trees say', (file) => {
  expect(readFileSync(join(HANDBOOK, file), 'utf8')).toBe(pages.get(file))
})

it.each([...pages.keys()].filter((file) => file !== 'README.md'))('%s can be reached from the first page', (file) => {
  expect(file === 'readings.md' ? [...pages.values()].join('\n') : pages.get('README.md')).toContain(`](${file})`)
})
