import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Experiment, compareBeforeAfter } from '@tps/kaizen'
import { normalCdf } from '../packages/kaizen/src/probability.ts'
import { type SimulatedService, simulate } from '../packages/kaizen/src/simulated-load.ts'

// Draws docs/kaizen/before-after.svg: what three ways to compare make of a service in which nothing changed. The same
// picture every time: `node --conditions=@tps/source scripts/kaizen-before-after.ts`.

const SERVICE: Omit<SimulatedService, 'seed'> = { perSecond: 20, memorySeconds: 60, loadSpread: 0.3, noise: 0.6 }
const SECONDS = 300
const RUNS = 200

interface Run {
  readonly before: readonly number[]
  readonly after: readonly number[]
  /** Mean latency of each two seconds. */
  readonly curve: readonly number[]
  readonly experiment: Experiment
}

/** A service that runs on as it is, looked at in two ways: half against half, and by turns of a second. */
function runOnce(seed: number): Run {
  let nowMs = 0
  const experiment = new Experiment({ seed, clock: { now: () => nowMs } })
  const [before, after]: [number[], number[]] = [[], []]
  const bins = Array.from({ length: SECONDS / 2 }, () => ({ sum: 0, count: 0 }))
  for (const { atMs, ms } of simulate({ ...SERVICE, seed }, SECONDS)) {
    nowMs = atMs
    experiment.record(experiment.assign(atMs), ms, atMs)
    ;(atMs < SECONDS * 500 ? before : after).push(ms)
    const bin = bins[Math.floor(atMs / 2000)]
    if (bin === undefined) continue
    bin.sum += ms
    bin.count++
  }
  nowMs = SECONDS * 1000
  return { before, after, curve: bins.map(({ sum, count }) => sum / count), experiment }
}

/** The p-value of the rank test that such data is often given to, as if each value knew nothing of the one before. */
function mannWhitney(first: readonly number[], second: readonly number[]): number {
  const all = [...first.map((value) => ({ value, from: 1 })), ...second.map((value) => ({ value, from: 0 }))]
  let ranks = 0
  for (const [index, { from }] of all.toSorted((a, b) => a.value - b.value).entries()) ranks += from * (index + 1)
  const [n, m] = [first.length, second.length]
  const u = ranks - (n * (n + 1)) / 2
  return 2 * normalCdf(-Math.abs(u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12))
}

/** How often each way finds a difference, of 200 services in which there is none. */
function falseAlarms(): { readonly label: string; readonly ratio: number }[] {
  const found = { ranks: 0, batches: 0, switchback: 0 }
  for (let seed = 1; seed <= RUNS; seed++) {
    const { before, after, experiment } = runOnce(seed)
    if (mannWhitney(before, after) < 0.05) found.ranks++
    if ((compareBeforeAfter(before, after).pValue ?? 1) < 0.05) found.batches++
    if ((experiment.result().pValue ?? 1) < 0.05) found.switchback++
  }
  return [
    { label: 'before/after, Mann–Whitney', ratio: found.ranks / RUNS },
    { label: 'before/after, batch means', ratio: found.batches / RUNS },
    { label: 'switchback, 1 s turns', ratio: found.switchback / RUNS },
  ]
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const round = (value: number): string => String(Math.round(value * 10) / 10)

function change(ratio: number): string {
  return `${ratio < 1 ? '−' : '+'}${Math.abs((ratio - 1) * 100).toFixed(1)} %`
}

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${round(x)}" y="${round(y)}"${more}>${content}</text>`
}

/** One run: the curve, its halves and their means. */
function drawRun({ before, after, curve, experiment }: Run): string {
  const [left, top, width, height] = [60, 70, 780, 180]
  const most = Math.max(...curve) * 1.25
  const x = (second: number): number => left + (width * second) / SECONDS
  const y = (ms: number): number => top + height - (height * ms) / most
  const points = curve.map((ms, at) => `${round(x(at * 2 + 1))},${round(y(ms))}`).join(' ')
  const [first, second] = [mean(before), mean(after)]
  const { effect } = experiment.result()
  const level = (from: number, to: number, ms: number): string =>
    `<line x1="${round(x(from))}" y1="${round(y(ms))}" x2="${round(x(to))}" y2="${round(y(ms))}" stroke="#b3261e" stroke-width="3"/>`
  return [
    text(left, 30, 'Nothing changed in the middle of this run', ' font-size="18" font-weight="600"'),
    text(left, 52, 'Mean latency of a service under load that comes and goes, in ms', ' fill="#555"'),
    `<rect x="${round(x(SECONDS / 2))}" y="${top}" width="${width / 2}" height="${height}" fill="#f3efe4"/>`,
    `<line x1="${left}" y1="${top + height}" x2="${left + width}" y2="${top + height}" stroke="#888"/>`,
    `<polyline points="${points}" fill="none" stroke="#1f5fa8" stroke-width="1.5"/>`,
    level(0, SECONDS / 2, first),
    level(SECONDS / 2, SECONDS, second),
    text(x(4), top + 14, `“before”: ${first.toFixed(1)} ms`, ' fill="#b3261e"'),
    text(
      x(SECONDS / 2 + 4),
      top + 14,
      `“after”: ${second.toFixed(1)} ms, ${change(second / first)}`,
      ' fill="#b3261e"',
    ),
    text(left - 8, top + height + 4, '0', ' text-anchor="end" fill="#555"'),
    text(left, top + height + 18, '0 min', ' fill="#555"'),
    text(left + width, top + height + 18, `${SECONDS / 60} min`, ' text-anchor="end" fill="#555"'),
    text(
      left,
      top + height + 40,
      `The same run by turns of a second: ${change(effect?.ratio ?? Number.NaN)}, ` +
        `95 % interval ${change(effect?.low ?? Number.NaN)} to ${change(effect?.high ?? Number.NaN)}`,
    ),
  ].join('\n')
}

function drawBars(bars: readonly { readonly label: string; readonly ratio: number }[]): string {
  const [left, top, width] = [280, 370, 500]
  const x = (ratio: number): number => left + width * ratio
  const rows = bars.flatMap(({ label, ratio }, index) => {
    const y = top + index * 34
    const colour = ratio > 0.08 ? '#b3261e' : '#2e7d4f'
    return [
      text(left - 12, y + 16, label, ' text-anchor="end"'),
      `<rect x="${left}" y="${y}" width="${round(width * ratio)}" height="22" fill="${colour}"/>`,
      text(x(ratio) + 8, y + 16, `${(ratio * 100).toFixed(0)} %`, ' font-weight="600"'),
    ]
  })
  return [
    text(60, 336, `How often each finds a difference in ${RUNS} such runs`, ' font-size="18" font-weight="600"'),
    ...rows,
    `<line x1="${round(x(0.05))}" y1="${top - 10}" x2="${round(x(0.05))}" y2="${top + 100}" stroke="#333" stroke-dasharray="4 3"/>`,
    text(x(0.05), top - 14, '5 %: what a test at 95 % confidence promises', ' fill="#555"'),
  ].join('\n')
}

/** The picture, as SVG. */
export function drawPicture(): string {
  // The first run in which the halves differ by more than a tenth: two in three do.
  let seed = 1
  let run = runOnce(seed)
  while (Math.abs(mean(run.after) / mean(run.before) - 1) < 0.1) run = runOnce(++seed)
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 490" font-family="system-ui, sans-serif" font-size="14" role="img" aria-labelledby="title">',
    '<title id="title">Before/after finds differences where there are none; a switchback does not</title>',
    '<rect width="900" height="490" fill="#fff"/>',
    drawRun(run),
    drawBars(falseAlarms()),
    '</svg>',
    '',
  ].join('\n')
}

export const PICTURE: string = join(import.meta.dirname, '../docs/kaizen/before-after.svg')

if (process.argv[1] === import.meta.filename) writeFileSync(PICTURE, drawPicture())
