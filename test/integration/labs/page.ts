import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../scripts/packages.ts'

/** A page of the documents whose bash blocks are run. */
export class Page {
  readonly #path: string
  readonly #text: string
  readonly #sections: ReadonlyMap<string, readonly string[]>

  /** @param path from `docs/`. */
  constructor(path: string) {
    this.#path = path
    this.#text = readFileSync(join(root, 'docs', path), 'utf8')
    this.#sections = sectionsOf(this.#text)
  }

  /** The bash blocks under the heading that begins with `heading`, in order, without those of the headings below it. */
  commands(heading: string): readonly string[] {
    const title = [...this.#sections.keys()].find((key) => key.startsWith(heading))
    if (title === undefined) throw new Error(`${this.#path} has no section "${heading}"`)
    return this.#sections.get(title) ?? []
  }

  /** The rows of the first table under the heading, without its head. */
  table(heading: string): readonly (readonly string[])[] {
    const [, text = ''] = this.#text.split(new RegExp(`^#+ ${heading}`, 'm'))
    const lines = text.split('\n').filter((line) => line.startsWith('|'))
    return lines.slice(2).map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  }

  /** The lines of all of its bash blocks. */
  lines(): string[] {
    return [...this.#sections.values()].flat().flatMap((block) => block.split('\n'))
  }
}

/** The bash blocks of a Markdown text, by the heading that they stand under. */
export function sectionsOf(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>([['', []]])
  let title = ''
  for (const [, fence, language, code = '', heading] of text.matchAll(
    /^(```)(\w*)[^\n]*\n([\s\S]*?)^```$|^#+ (.*)$/gm,
  )) {
    if (fence === undefined) sections.set((title = heading ?? ''), [])
    else if (language === 'bash') sections.get(title)?.push(code)
  }
  return sections
}
