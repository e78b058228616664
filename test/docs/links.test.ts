import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../scripts/packages.ts'

const documents = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.md') && !/(^|\/)(node_modules|dist|\.changeset|docs\/api)\//.test(file),
)

/** The targets of Markdown links that point into the repository. */
function localLinks(document: string): string[] {
  const text = readFileSync(join(root, document), 'utf8').replaceAll(/```[\s\S]*?```/g, '')
  return [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target)
}

describe('the documents', () => {
  it('are found', () => {
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'packages/jidoka/README.md']))
  })

  it.each(documents)('%s links only to files that are there', (document) => {
    // The generated API pages are not there before "pnpm run docs" has made them.
    const missing = localLinks(document).filter(
      (target) => !target.includes('docs/api') && !existsSync(join(root, dirname(document), target)),
    )
    expect(missing).toEqual([])
  })

  it.each([...documents, 'pnpm-lock.yaml'])('%s names no registry host', (document) => {
    expect(readFileSync(join(root, document), 'utf8')).not.toMatch(
      /registry\.npmjs\.org|deb\.debian\.org|\/root\/|\/work\//,
    )
  })
})
