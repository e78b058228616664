import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../../scripts/packages.ts'
import { Page, sectionsOf } from './page.ts'

// Whoever follows the documents that the service grew from finds each of their commands in a page, as it stands there.

const SEEDS = join(root, '../shared/seeds')
const LABS = '001_6e848b55eea01a7f.txt'
const TUTORIALS = '000_65af361496934da6.txt'
const QUICK_START = '004_c8db49e17214d697.txt'

/** What is there but not here: the pages name what takes its place. */
const ELSEWHERE =
  /kubectl|helm |docker|localhost:(9090|3000|16686)|downstream-api|^git clone|^cd |^unzip|^ls |^free |^df |pv\.yaml|^sleep 30$/

/** Commands that a page has changed, and says so. */
const CHANGED = [
  // The & inside of the quotes lets the load go on for ever.
  /^timeout 60 bash -c .*done &'$/,
  // For ever as well.
  /^while true; do \\\n.*\bdone$/s,
  // A note for a file of the course.
  /^cat >> \/docs\/runbook/,
]

/** The commands of a document: lines that belong together as one, without comments and output. */
function commandsOf(text: string): string[] {
  const lines = [...sectionsOf(text).values()].flat().flatMap((block) => {
    // A transcript marks what was typed; the rest is output.
    const typed = block.split('\n').filter((line) => !/^\s*(#|$)/.test(line))
    return /^\$ /m.test(block) ? transcript(typed) : typed
  })
  return joined(lines).filter((command) => !ELSEWHERE.test(command) && !CHANGED.some((known) => known.test(command)))
}

function transcript(lines: readonly string[]): string[] {
  const typed: string[] = []
  let isTyped = false
  for (const line of lines) {
    isTyped = line.startsWith('$ ') || (isTyped && (typed.at(-1) ?? '').endsWith('\\'))
    if (isTyped) typed.push(line.replace(/^\$ /, ''))
  }
  return typed
}

function joined(lines: readonly string[]): string[] {
  const commands: string[] = []
  for (const line of lines) {
    const last = commands.at(-1)
    if (last?.endsWith('\\')) commands[commands.length - 1] = `${last}\n${line}`
    else commands.push(line)
  }
  return commands
}

/** The part of a seed between two headings. */
function part(seed: string, from: string, to: string): string {
  const text = readFileSync(join(SEEDS, seed), 'utf8')
  const start = text.indexOf(`\n## ${from}`)
  const end = text.indexOf(`\n## ${to}`, start + 1)
  if (start < 0 || end < 0) throw new Error(`${seed} has no part from "${from}" to "${to}"`)
  return text.slice(start, end)
}

const PAGES = [
  ['labs/lab-1-jidoka.md', LABS, 'Lab 1:', 'Lab 2:'],
  ['labs/lab-2-kanban.md', LABS, 'Lab 2:', 'Lab 3:'],
  ['labs/lab-3-andon.md', LABS, 'Lab 3:', 'Lab 4:'],
  ['labs/lab-4-kaizen.md', LABS, 'Lab 4:', 'Lab 5:'],
  ['labs/lab-5-heijunka.md', LABS, 'Lab 5:', 'Lab 6:'],
  ['labs/lab-6-tracing.md', LABS, 'Lab 6:', 'All Labs Complete'],
  ['labs/quick-start.md', QUICK_START, 'Installation', 'Customization'],
  ['tutorials/1-start-the-system.md', TUTORIALS, 'Video 1:', 'Video 2:'],
  ['tutorials/3-queue-growing.md', TUTORIALS, 'Video 3:', 'Video 4:'],
  ['tutorials/4-circuit-breaker-open.md', TUTORIALS, 'Video 4:', 'Video 5:'],
] as const

describe('the pages have the commands of the seeds, unchanged', () => {
  it.runIf(existsSync(SEEDS)).each(PAGES)('%s', (path, seed, from, to) => {
    const there = commandsOf(part(seed, from, to)).flatMap((command) => command.split('\n'))
    const here = new Set(new Page(path).lines())
    expect(there.length).toBeGreaterThan(0)
    expect(there.filter((line) => !here.has(line))).toEqual([])
  })

  it.runIf(existsSync(SEEDS))('labs/quick-start.md: those of the exercises, which stand in their text', () => {
    const there = part(QUICK_START, 'Hands-On Exercises', 'Customization').matchAll(/`(make [^`]*)`/g)
    const here = new Set(new Page('labs/quick-start.md').lines())
    const commands = [...there].map(([, command = '']) => command)
    expect(commands.length).toBeGreaterThan(5)
    expect(commands.filter((command) => !here.has(command))).toEqual([])
  })
})
