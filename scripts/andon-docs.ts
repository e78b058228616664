import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Answer,
  type Condition,
  type DiagnosisTree,
  HANDBOOK_TREES,
  INCIDENT_LEVELS,
  type Question,
  READINGS,
  describeCondition,
} from '@tps/andon'

// Writes docs/handbook: the decision trees of @tps/andon as pages. The same every time:
// `node --conditions=@tps/source scripts/andon-docs.ts`.

export const HANDBOOK: string = join(import.meta.dirname, '../docs/handbook')

const COMMAND = 'node --conditions=@tps/source scripts/andon-docs.ts'
const GENERATED = `<!-- Generated from the trees of @tps/andon by \`${COMMAND}\`. -->`

/** A Markdown table, padded as the formatter pads it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', String.raw`\|`)))
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`
  const [first = [], ...others] = cells
  return [line(first), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...others.map(line)].join('\n')
}

/** A text with the names of readings set apart. */
function marked(text: string): string {
  return text.replaceAll(/\{?\b[a-z][A-Za-z]*\.[a-z]\w*\}?/g, (name) => `\`${name}\``)
}

/** A condition in words, long times in minutes. */
function when(condition: Condition): string {
  return marked(describeCondition(condition)).replaceAll(
    /(Ms` (?:above|at least|below|at most) )(\d+)/g,
    (_all, before: string, ms: string) => `${before}${Number(ms) / 60_000} min`,
  )
}

const numbered = (steps: readonly string[]): string =>
  steps.map((step, index) => `${index + 1}. ${marked(step)}`).join('\n')

/** Every answer with the way that leads to it. */
function answersOf(questions: readonly Question[], way: string): { readonly way: string; readonly answer: Answer }[] {
  return questions.flatMap(({ ask, answers }) =>
    answers.flatMap((answer) => {
      const deeper = answersOf(answer.questions ?? [], `${way}${answer.answer} → `)
      return [{ way: `${way}${ask}`, answer }, ...deeper]
    }),
  )
}

/** A text within a flowchart; where a value is put in, dots. */
function label(text: string): string {
  return `"${text.replaceAll('"', '#quot;').replaceAll(/\{[^}]*\}/g, '…')}"`
}

/** The tree as a flowchart: questions are rhombs, likely causes are boxes. */
function flowchart({ scenario, likelyCause, questions }: DiagnosisTree): string {
  const lines: string[] = []
  let nodes = 0
  const add = (open: string, text: string, close: string): string => {
    const id = `n${nodes++}`
    lines.push(`  ${id}${open}${label(text)}${close}`)
    return id
  }
  const grow = (from: string, list: readonly Question[]): void => {
    for (const { ask, answers } of list) {
      const question = add('{', ask, '}')
      lines.push(`  ${from} --> ${question}`)
      for (const { answer, likelyCause: cause, questions: deeper } of answers) {
        const to = add('[', cause, ']')
        lines.push(`  ${question} -- ${label(answer)} --> ${to}`)
        grow(to, deeper ?? [])
      }
    }
  }
  const root = add('([', scenario, '])')
  if (questions.length === 0) lines.push(`  ${root} --> ${add('[', likelyCause, ']')}`)
  grow(root, questions)
  return ['```mermaid', 'flowchart LR', ...lines, '```'].join('\n')
}

/** The readings that a tree asks for, in the order of the table of all readings. */
function readingsOf(tree: DiagnosisTree): string[][] {
  const asked = new Set(JSON.stringify(tree).match(/(?<="reading":")[^"]+/g))
  return READINGS.filter(({ reading }) => asked.has(reading)).map(({ reading, unit, meaning }) => [
    `\`${reading}\``,
    unit,
    meaning,
  ])
}

function treePage(tree: DiagnosisTree): string {
  const { id, scenario, source, severities, likelyCause, immediately = [], questions, afterwards = [] } = tree
  const rows = answersOf(questions, '').map(({ way, answer }) => [
    way,
    answer.answer,
    when(answer.when),
    marked(answer.likelyCause),
    (answer.nextSteps ?? []).map(marked).join(' '),
  ])
  const parts = [
    GENERATED,
    `# ${scenario}`,
    `\`${id}\`. ${source}. [All scenarios](README.md), [all readings](readings.md).`,
    '## How bad it is',
    table(
      ['severity', 'when', 'where it is written'],
      severities.map((level) => [level.severity, when(level.when), level.source ?? source]),
    ),
    '## Why, and what to do',
    flowchart(tree),
    ...(immediately.length > 0 ? ['Before anything else:', numbered(immediately)] : []),
    ...(rows.length > 0
      ? [
          'Every question is asked. Of its answers the first that holds is taken.',
          table(['question', 'answer', 'when', 'likely cause', 'next steps'], rows),
          `Where no answer holds: ${marked(likelyCause)}`,
        ]
      : [`Likely cause: ${marked(likelyCause)}`]),
    ...(afterwards.length > 0 ? ['In the end:', numbered(afterwards)] : []),
    '## When it is over',
    tree.resolvedWhen.map((criterion) => `- ${criterion}`).join('\n'),
    '## What is read',
    table(['reading', 'unit', 'meaning'], readingsOf(tree)),
  ]
  return `${parts.join('\n\n')}\n`
}

function indexPage(): string {
  const grades = HANDBOOK_TREES.flatMap(({ id, scenario, severities }) =>
    severities.map((level) => [level.severity, `[${scenario}](${id}.md)`, when(level.when)]),
  )
  const order = ['critical', 'high', 'medium']
  const parts = [
    GENERATED,
    '# Diagnosis',
    'What `diagnose` of `@tps/andon` finds in the snapshots of a line: the decision trees of the operations handbook, from the data that the code runs on. A reading that is missing never leads to a finding.',
    '## What is wrong',
    'A finding is made where one of these holds. Critical calls somebody now, high in five minutes unless it mends itself, medium is watched.',
    table(
      ['severity', 'scenario', 'when'],
      grades.toSorted((a, b) => order.indexOf(a[0] ?? '') - order.indexOf(b[0] ?? '')),
    ),
    '## Is it an incident?',
    'The first that holds. None of them: nothing points to one.',
    table(
      ['alert', 'meaning', 'when', 'what to do'],
      INCIDENT_LEVELS.map((level) => [level.level, level.meaning, when(level.when), level.action]),
    ),
    '## Where it comes from',
    'Handbook §3.1 to §6.1 give the scenarios, their causes and steps. Where the handbook has no number for “high”, “drops” or “busy”, the tables of each scenario show the one that is used.',
  ]
  return `${parts.join('\n\n')}\n`
}

function readingsPage(): string {
  const parts = [
    GENERATED,
    '# Readings',
    'What the conditions of the [decision trees](README.md) are about. “Worse” says which way a reading gets worse: a worse reading never gives a less severe verdict. Your own readings go beside them, in the option `readings`.',
    table(
      ['reading', 'unit', 'worse', 'meaning'],
      READINGS.map(({ reading, unit, worse, meaning }) => [`\`${reading}\``, unit, worse ?? '', meaning]),
    ),
  ]
  return `${parts.join('\n\n')}\n`
}

/** Every page, by the name of its file. */
export function handbookPages(): ReadonlyMap<string, string> {
  return new Map([
    ['README.md', indexPage()],
    ['readings.md', readingsPage()],
    ...HANDBOOK_TREES.map((tree) => [`${tree.id}.md`, treePage(tree)] as const),
  ])
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(HANDBOOK, { recursive: true })
  const pages = handbookPages()
  for (const file of readdirSync(HANDBOOK)) if (!pages.has(file)) rmSync(join(HANDBOOK, file))
  for (const [file, text] of pages) writeFileSync(join(HANDBOOK, file), text)
}
