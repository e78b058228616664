import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LEVELERS, MIX, MODELS, WORKERS, perMs } from '../test/simulation/policies.ts'
import { quantile, simulate } from '../test/simulation/simulate.ts'
import { poisson } from '../test/simulation/workload.ts'

// Draws docs/heijunka/policies.svg: how long fast jobs take under each policy, by load. The same picture every time:
// `node --conditions=@tps/source scripts/heijunka-policies.ts`.

const LOADS = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9]
const JOBS = 60_000
const SEED = 1

const LEVELER = 'LoadLeveler, shared, classified'

const POLICIES = {
  'round robin': { make: MODELS['round robin'], colour: '#8a8a8a' },
  'power of two, by duration': { make: MODELS['power of two, duration-weighted'], colour: '#a8743a' },
  'join idle queue': { make: MODELS['join idle queue'], colour: '#6f4fa0' },
  'round robin + stealing': { make: MODELS['round robin + stealing'], colour: '#1f8a8a' },
  'central pull': { make: MODELS['central pull'], colour: '#1f5fa8' },
  'hard 2/6 split': { make: MODELS['hard 2/6 split'], colour: '#b3261e' },
  [LEVELER]: { make: LEVELERS['shared, classified'], colour: '#2e7d4f' },
} as const

interface Curve {
  readonly name: string
  readonly colour: string
  readonly p99: readonly number[]
}

function curves(): Curve[] {
  return Object.entries(POLICIES).map(([name, { make, colour }]) => ({
    name,
    colour,
    p99: LOADS.map((load) => {
      const scenario = { workers: WORKERS, arrivals: poisson(perMs(load)), mix: MIX, jobs: JOBS, seed: SEED }
      return quantile(simulate(scenario, make).latenciesMs.fast, 0.99)
    }),
  }))
}

const [LEFT, TOP, WIDTH, HEIGHT] = [70, 84, 560, 380]
const [LOWEST, HIGHEST] = [30, 30_000]

const round = (value: number): string => String(Math.round(value * 10) / 10)
const x = (load: number): number => LEFT + (WIDTH * (load - 0.3)) / 0.6
const y = (ms: number): number => TOP + HEIGHT - (HEIGHT * Math.log(ms / LOWEST)) / Math.log(HIGHEST / LOWEST)

function text(atX: number, atY: number, content: string, more = ''): string {
  return `<text x="${round(atX)}" y="${round(atY)}"${more}>${content}</text>`
}

function axes(): string[] {
  const levels = [30, 100, 300, 1000, 3000, 10_000, 30_000].flatMap((ms) => [
    `<line x1="${LEFT}" y1="${round(y(ms))}" x2="${LEFT + WIDTH}" y2="${round(y(ms))}" stroke="#ddd"/>`,
    text(LEFT - 8, y(ms) + 5, ms.toLocaleString('en-US'), ' text-anchor="end" fill="#555"'),
  ])
  const loads = LOADS.map((load) => text(x(load), TOP + HEIGHT + 20, String(load), ' text-anchor="middle" fill="#555"'))
  return [...levels, ...loads, text(LEFT + WIDTH / 2, TOP + HEIGHT + 42, 'load', ' text-anchor="middle" fill="#555"')]
}

function line({ name, colour, p99 }: Curve): string {
  const points = p99.map((ms, index) => `${round(x(LOADS[index] as number))},${round(y(ms))}`).join(' ')
  return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="${name === LEVELER ? 4 : 2}"/>`
}

/** A name at the end of each curve, with room for all. */
function labels(all: readonly Curve[]): string[] {
  let lowest = Number.NEGATIVE_INFINITY
  const end = ({ p99 }: Curve): number => p99.at(-1) as number
  return all
    .toSorted((a, b) => end(b) - end(a))
    .map((curve) => {
      lowest = Math.max(y(end(curve)) + 5, lowest + 19)
      const weight = curve.name === LEVELER ? ' font-weight="600"' : ''
      const ms = Math.round(end(curve)).toLocaleString('en-US')
      return text(LEFT + WIDTH + 10, lowest, `${curve.name}: ${ms}`, ` fill="${curve.colour}"${weight}`)
    })
}

/** The picture, as SVG. */
export function drawPicture(): string {
  const all = curves()
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 530" font-family="system-ui, sans-serif" font-size="14" role="img" aria-labelledby="title">',
    '<title id="title">Fast jobs wait least where all workers share one line and slow work is capped</title>',
    '<rect width="960" height="530" fill="#fff"/>',
    text(LEFT, 30, 'How long fast jobs take under each policy', ' font-size="18" font-weight="600"'),
    text(
      LEFT,
      54,
      `99th percentile in ms. ${WORKERS} workers; 95 % of jobs take ${MIX.fastMs} ms, 5 % take ${MIX.slowMs} ms, on average`,
      ' fill="#555"',
    ),
    ...axes(),
    ...all.map(line),
    ...labels(all),
    '</svg>',
    '',
  ].join('\n')
}

export const PICTURE: string = join(import.meta.dirname, '../docs/heijunka/policies.svg')

if (process.argv[1] === import.meta.filename) {
  mkdirSync(dirname(PICTURE), { recursive: true })
  writeFileSync(PICTURE, drawPicture())
}
