import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { publishedPackages, root } from '../../scripts/packages.ts'

// The code in the READMEs is quoted from examples/snippets, and every snippet runs.

const folder = join(root, 'examples/snippets/src')
const snippets = readdirSync(folder).filter((file) => file.endsWith('.ts'))
const readmes = ['README.md', ...publishedPackages().map(({ name }) => `packages/${name}/README.md`)]

/** The part of a snippet that a README quotes: its region, or all of it. */
function quotable(file: string): string {
  const text = readFileSync(join(folder, file), 'utf8')
  const [, region] = /^[ \t]*\/\/ #region readme\n([\s\S]*?)^[ \t]*\/\/ #endregion/m.exec(text) ?? [undefined, text]
  const indent = Math.min(
    ...(region ?? '')
      .split('\n')
      .filter((line) => line.trim())
      .map((line) => line.search(/\S/)),
  )
  return (region ?? '')
    .split('\n')
    .map((line) => line.slice(indent))
    .join('\n')
    .trim()
}

function quotes(readme: string): { file: string; code: string }[] {
  const text = readFileSync(join(root, readme), 'utf8')
  return [...text.matchAll(/<!-- snippet: ([\w-]+\.ts) -->\s*```ts\n([\s\S]*?)```/g)].map(
    ([, file = '', code = '']) => ({ file, code: code.trim() }),
  )
}

describe('the snippets', () => {
  it.each(snippets)('%s runs to its end', { timeout: 30_000 }, async (file) => {
    const run = promisify(execFile)(process.execPath, ['--conditions=@tps/source', join(folder, file)], {
      timeout: 20_000,
    })
    await expect(run).resolves.toMatchObject({ stderr: '' })
  })

  it.each(readmes)('%s quotes them to the letter', (readme) => {
    const found = quotes(readme)
    expect(found.length).toBeGreaterThan(0)
    for (const { file, code } of found) expect(code, `${file} in ${readme}`).toBe(quotable(file))
  })

  it.each(readmes)('%s has no TypeScript that is not quoted', (readme) => {
    const text = readFileSync(join(root, readme), 'utf8')
    expect([...text.matchAll(/```ts\n/g)]).toHaveLength(quotes(readme).length)
  })
})
