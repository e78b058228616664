import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ManualClock } from '@tps/internal/manual-clock'
import { type Overflow, PullQueue } from '@tps/kanban'

// Draws docs/kanban/overflow.svg: what becomes of ten items, and what each of their callers sees, when they come three times
// as fast as they are worked on. The same picture every time: `node --conditions=@tps/source scripts/kanban-overflow.ts`.

const ITEMS = 10
const CAPACITY = 3
const ARRIVAL_MS = 1_000
const WORK_MS = 2_900

/** What happened to one item, at what time. */
interface Story {
  readonly arrivedMs: number
  admittedMs?: number
  takenMs?: number
  refusedMs?: number
  droppedMs?: number
}

type Way = Overflow | 'put'

const WAYS: readonly { readonly way: Way; readonly title: string; readonly sees: string }[] = [
  { way: 'reject', title: "offer(), overflow: 'reject'", sees: 'The caller of a refused item sees false, at once.' },
  {
    way: 'drop-oldest',
    title: "offer(), overflow: 'drop-oldest'",
    sees: 'Every caller sees true; the item that waited longest is given up.',
  },
  {
    way: 'drop-newest',
    title: "offer(), overflow: 'drop-newest'",
    sees: 'Every caller sees true; the item that came last is given up.',
  },
  { way: 'put', title: 'await put()', sees: 'Every caller waits until there is room; nothing is lost.' },
]

/** Ten items, one after the other, and one worker: what the queue makes of them. */
export async function tell(way: Way): Promise<readonly Story[]> {
  const clock = new ManualClock()
  const overflow = way === 'put' ? 'reject' : way
  const queue = new PullQueue<number>({ clock, timers: clock, capacity: CAPACITY, overflow })
  const stories: Story[] = Array.from({ length: ITEMS }, (_, item) => ({ arrivedMs: item * ARRIVAL_MS }))
  const mark = (item: number, what: Exclude<keyof Story, 'arrivedMs'>): void => {
    const story = stories[item]
    if (story) story[what] = clock.now()
  }
  queue.on('dropped', ({ item }) => mark(item, 'droppedMs'))
  const arrive = async (item: number): Promise<void> => {
    if (way === 'put') await queue.put(item)
    const isIn = way === 'put' || queue.offer(item)
    mark(item, isIn ? 'admittedMs' : 'refusedMs')
  }
  const work = async (): Promise<void> => {
    for await (const item of queue) {
      mark(item, 'takenMs')
      await new Promise<void>((resolve) => clock.schedule(WORK_MS, resolve))
    }
  }
  void work()
  for (let item = 0; item < ITEMS; item++) clock.schedule(item * ARRIVAL_MS, () => void arrive(item))
  await clock.advanceAsync(ITEMS * WORK_MS)
  return stories
}

const LEFT = 40
const WIDTH = 820
const ROW = 12
const PANEL = 44 + ITEMS * ROW + 22
const TOP = 92
const SHOWN_MS = ITEMS * WORK_MS

const x = (ms: number): number => LEFT + (WIDTH * ms) / SHOWN_MS
const round = (value: number): string => String(Math.round(value * 10) / 10)

function text(left: number, top: number, content: string, more = ''): string {
  return `<text x="${round(left)}" y="${round(top)}"${more}>${content}</text>`
}

function bar(fromMs: number, toMs: number, top: number, kind: keyof typeof KINDS): string {
  const { fill, stroke } = KINDS[kind]
  const width = Math.max(0, x(toMs) - x(fromMs))
  return width === 0
    ? ''
    : `<rect x="${round(x(fromMs))}" y="${round(top + 2)}" width="${round(width)}" height="${ROW - 4}" fill="${fill}" stroke="${stroke}"/>`
}

const KINDS = {
  calling: { fill: '#fff', stroke: '#c77700', label: 'its caller waits' },
  queued: { fill: '#c9d8ea', stroke: '#c9d8ea', label: 'in the queue' },
  worked: { fill: '#1f5fa8', stroke: '#1f5fa8', label: 'worked on' },
} as const

function cross(ms: number, top: number): string {
  const [middle, centre] = [x(ms), top + ROW / 2]
  return `<path d="M${round(middle - 4)} ${round(centre - 4)}l8 8m0 -8l-8 8" stroke="#b3261e" stroke-width="2"/>`
}

function drawStory(
  { arrivedMs, admittedMs, takenMs, refusedMs, droppedMs }: Story,
  item: number,
  top: number,
): string[] {
  const inMs = admittedMs ?? arrivedMs
  return [
    text(LEFT - 8, top + ROW - 2, String(item + 1), ' text-anchor="end" fill="#555" font-size="10"'),
    bar(arrivedMs, inMs, top, 'calling'),
    bar(inMs, takenMs ?? droppedMs ?? inMs, top, 'queued'),
    takenMs === undefined ? '' : bar(takenMs, takenMs + WORK_MS, top, 'worked'),
    refusedMs === undefined ? '' : cross(refusedMs, top),
    droppedMs === undefined ? '' : cross(droppedMs, top),
  ]
}

function summary(stories: readonly Story[]): string {
  const taken = stories.filter(({ takenMs }) => takenMs !== undefined)
  const waited = taken.map(({ arrivedMs, takenMs = 0 }) => takenMs - arrivedMs)
  const longest = (Math.max(...waited) / 1_000).toFixed(1)
  return `${taken.length} of ${stories.length} worked on; they waited ${longest} s at most`
}

function drawPanel({ title, sees }: (typeof WAYS)[number], stories: readonly Story[], top: number): string[] {
  const rows = top + 44
  return [
    text(LEFT, top + 16, title, ' font-weight="600" font-family="ui-monospace, monospace"'),
    text(LEFT, top + 34, sees, ' fill="#555"'),
    text(LEFT + WIDTH, top + 16, summary(stories), ' text-anchor="end"'),
    ...stories.flatMap((story, item) => drawStory(story, item, rows + item * ROW)),
  ]
}

function drawKey(): string[] {
  const entries = Object.keys(KINDS) as (keyof typeof KINDS)[]
  return entries.flatMap((kind, index) => {
    const ms = index * 4_800
    return [bar(ms, ms + 900, 62, kind), text(x(ms + 1_100), 72, KINDS[kind].label)]
  })
}

/** The picture, as SVG. */
export async function drawPicture(): Promise<string> {
  const panels: string[] = []
  for (const [index, way] of WAYS.entries()) panels.push(...drawPanel(way, await tell(way.way), TOP + index * PANEL))
  const height = TOP + WAYS.length * PANEL
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-labelledby="title">`,
    '<title id="title">What the callers see when a queue is full, by overflow policy</title>',
    `<rect width="900" height="${height}" fill="#fff"/>`,
    text(LEFT, 28, 'A full queue, and what its callers see', ' font-size="17" font-weight="600"'),
    text(
      LEFT,
      48,
      'Ten items, one a second, into a queue with room for three; one worker takes 2.9 s for each. Time runs to the right.',
      ' fill="#555"',
    ),
    ...drawKey(),
    cross(3 * 4_800 + 450, 62),
    text(x(3 * 4_800 + 1_100), 72, 'refused or given up'),
    ...panels,
    '</svg>',
    '',
  ]
    .filter((line, index, all) => line !== '' || index === all.length - 1)
    .join('\n')
}

export const PICTURE: string = join(import.meta.dirname, '../docs/kanban/overflow.svg')

if (process.argv[1] === import.meta.filename) writeFileSync(PICTURE, await drawPicture())
