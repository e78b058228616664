import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { levelSequence } from '@tps/heijunka'

// Draws docs/heijunka/levelled-sequence.svg: the same work in batches and levelled. The same picture every time:
// `node --conditions=@tps/source scripts/heijunka-sequence.ts`.

const DEMAND = { A: 10, B: 6, C: 4 } as const
type Product = keyof typeof DEMAND

const PRODUCTS = Object.keys(DEMAND) as Product[]
const LENGTH = PRODUCTS.reduce((sum, product) => sum + DEMAND[product], 0)
const COLOURS: { readonly [P in Product]: string } = { A: '#1f5fa8', B: '#c77800', C: '#2e7d4f' }

const [LEFT, WIDTH, HEIGHT] = [60, 780, 120]
const CELL = WIDTH / LENGTH

const round = (value: number): string => String(Math.round(value * 10) / 10)

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${round(x)}" y="${round(y)}"${more}>${content}</text>`
}

/** How far each product is ahead of its ideal share after each position. */
function deviations(sequence: readonly Product[], product: Product): number[] {
  let made = 0
  return sequence.map((next, position) => {
    made += Number(next === product)
    return made - ((position + 1) * DEMAND[product]) / LENGTH
  })
}

function strip(sequence: readonly Product[], top: number): string[] {
  return sequence.flatMap((product, position) => [
    `<rect x="${round(LEFT + position * CELL + 1)}" y="${top}" width="${round(CELL - 2)}" height="34" rx="4" fill="${COLOURS[product]}"/>`,
    text(LEFT + (position + 0.5) * CELL, top + 22, product, ' text-anchor="middle" fill="#fff" font-weight="600"'),
  ])
}

/** A curve for each product, between −5 and 5; the band is the bound. */
function curves(sequence: readonly Product[], top: number): string[] {
  const y = (units: number): number => top + HEIGHT / 2 - (units * HEIGHT) / 10
  const grid = [-5, -1, 0, 1, 5].map((units) =>
    text(LEFT - 8, y(units) + 4, String(units).replace('-', '−'), ' text-anchor="end" fill="#555"'),
  )
  const lines = PRODUCTS.map((product) => {
    const points = [0, ...deviations(sequence, product)].map(
      (units, position) => `${round(LEFT + position * CELL)},${round(y(units))}`,
    )
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${COLOURS[product]}" stroke-width="2"/>`
  })
  return [
    `<rect x="${LEFT}" y="${round(y(1))}" width="${WIDTH}" height="${round(y(-1) - y(1))}" fill="#eef4ea"/>`,
    `<line x1="${LEFT}" y1="${round(y(0))}" x2="${LEFT + WIDTH}" y2="${round(y(0))}" stroke="#888"/>`,
    ...grid,
    ...lines,
  ]
}

function panel(title: string, sequence: readonly Product[], top: number): string {
  const most = Math.max(...PRODUCTS.flatMap((product) => deviations(sequence, product).map((units) => Math.abs(units))))
  return [
    text(LEFT, top, title, ' font-size="18" font-weight="600"'),
    ...strip(sequence, top + 14),
    text(
      LEFT,
      top + 70,
      `How far each product is ahead of its even share, in units: at most ${most.toFixed(1)}`,
      ' fill="#555"',
    ),
    ...curves(sequence, top + 80),
  ].join('\n')
}

/** The picture, as SVG. */
export function drawSequences(): string {
  const batches = PRODUCTS.flatMap((product) => Array.from({ length: DEMAND[product] }, () => product))
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 490" font-family="system-ui, sans-serif" font-size="14" role="img" aria-labelledby="title">',
    '<title id="title">The same work in batches and levelled: levelled, no product is ever a whole unit off its even share</title>',
    '<rect width="900" height="490" fill="#fff"/>',
    panel('Before: in batches', batches, 36),
    panel('After: levelled', levelSequence(DEMAND), 276),
    '</svg>',
    '',
  ].join('\n')
}

export const SEQUENCES: string = join(import.meta.dirname, '../docs/heijunka/levelled-sequence.svg')

if (process.argv[1] === import.meta.filename) writeFileSync(SEQUENCES, drawSequences())
