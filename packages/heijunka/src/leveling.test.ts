import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Entry } from './entry.ts'
import { grainOf, helps } from './finishing.ts'
import { spreadOf } from './imbalance.ts'
import { Lane } from './lane.ts'
import { level } from './leveling.ts'
import { Mover } from './mover.ts'

interface Given {
  /** What is in progress. */
  readonly fixed: number
  /** The weights of what waits, oldest first. */
  readonly weights: readonly number[]
}

interface Outcome {
  readonly lanes: readonly Lane<number>[]
  readonly before: readonly number[]
  readonly loads: readonly number[]
  readonly moved: number
  readonly steps: number
}

const settlement = { done: () => {}, again: () => {}, givenUp: () => {} }
const sum = (all: readonly number[]): number => all.reduce((total, weight) => total + weight, 0)
const ones = (count: number): number[] => new Array<number>(count).fill(1)
const counts = (...sizes: number[]): Given[] => sizes.map((size) => ({ fixed: 0, weights: ones(size) }))

function laneOf(index: number, { fixed, weights }: Given): Lane<number> {
  const lane = new Lane<number>(index)
  if (fixed > 0) lane.start(new Entry(-1, 1, fixed, false, settlement))
  for (const [place, weight] of weights.entries()) {
    const entry = new Entry(place * 100 + index, 1, weight, false, settlement)
    entry.order = entry.item
    lane.lineup.push(entry)
    lane.gain(1, weight)
  }
  return lane
}

function run(given: readonly Given[], threshold: number): Outcome {
  const lanes = given.map((each, index) => laneOf(index, each))
  const before = lanes.map(({ load }) => load)
  const isUniform = given.every(({ weights }) => weights.every((weight) => weight === 1))
  const mover = new Mover<number>()
  let steps = 0
  for (const cost of level({ lanes, fixed: given.map(({ fixed }) => fixed), isUniform, threshold }, mover)) {
    expect(cost).toBeLessThanOrEqual(2048)
    steps++
  }
  return { lanes, before, loads: lanes.map(({ load }) => load), moved: mover.tally.total, steps }
}

/** What waits in a lane, in the order it would be handed out. */
function drain(lane: Lane<number>): Entry<number>[] {
  const entries: Entry<number>[] = []
  for (let entry = lane.shift(); entry; entry = lane.shift()) entries.push(entry)
  return entries
}

const weight = fc.oneof(fc.constant(1), fc.nat(9), fc.double({ min: 0, max: 1000, noNaN: true }))
const mixed = fc.record({ fixed: fc.nat(30), weights: fc.array(weight, { maxLength: 30 }) })
const uniform = fc.record({ fixed: fc.nat(30), weights: fc.nat(60).map(ones) })

it('levels the seeds’ example, 45 against 52, by three moves', () => {
  const { loads, moved } = run(counts(45, 52), 0.05)
  expect(loads).toEqual([48, 49])
  expect(moved).toBe(3)
  expect(spreadOf(loads).imbalance).toBeLessThan(0.05)
})

it('levels counts to within one item at threshold 0', () => {
  expect(spreadOf(run(counts(3, 3, 3, 0), 0).loads)).toMatchObject({ min: 2, max: 3 })
  expect(spreadOf(run(counts(1000, 0, 0), 0).loads)).toMatchObject({ min: 333, max: 334 })
})

it('moves each item once when one lane has it all', () => {
  const { loads, moved } = run(counts(640, 0, 0, 0), 0)
  expect(loads).toEqual([160, 160, 160, 160])
  expect(moved).toBe(480)
})

it('levels around what can’t move', () => {
  const given = [
    { fixed: 50, weights: ones(10) },
    { fixed: 0, weights: ones(20) },
    { fixed: 0, weights: [] },
  ]
  expect(run(given, 0.05).loads).toEqual([50, 15, 15])
})

it('leaves a single heavy item where it is', () => {
  const given = [
    { fixed: 0, weights: [100] },
    { fixed: 0, weights: [] },
  ]
  expect(run(given, 0).loads).toEqual([100, 0])
})

it('moves no more than the threshold asks for', () => {
  expect(run(counts(60, 50, 50, 50), 0.1)).toMatchObject({ loads: [55, 51, 52, 52], moved: 5 })
})

it('goes by steps of a bounded cost, however much there is', () => {
  expect(run(counts(20_000, 0), 0)).toMatchObject({ loads: [10_000, 10_000] })
  expect(run(counts(20_000, 0), 0).steps).toBeGreaterThan(9)
  const weights = Array.from({ length: 20_000 }, (_, index) => 1 + (index % 7))
  const { loads, steps } = run([{ fixed: 0, weights }, ...counts(0)], 0)
  expect(spreadOf(loads).imbalance).toBeLessThan(0.0001)
  expect(steps).toBeGreaterThan(9)
})

it.each([
  ['of any weight', mixed],
  ['that weigh the same', uniform],
])('levels items %s to the threshold or until no move helps; none is lost, none worse', (_, lane) => {
  fc.assert(
    fc.property(
      fc.array(lane, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(0, 0.05, 0.3, 2),
      (given, threshold) => {
        const { lanes, before, loads } = run(given, threshold)
        expect(sum(loads)).toBeCloseTo(sum(before), 6)
        const { imbalance, min } = spreadOf(loads)
        expect(imbalance).toBeLessThanOrEqual(spreadOf(before).imbalance + 1e-9)
        const left = lanes.map(drain)
        // Each lane hands out by age, and together they have what there was.
        for (const own of left) expect(own).toEqual(own.toSorted((a, b) => a.order - b.order))
        const there = given.flatMap(({ weights }, index) => weights.map((__, place) => place * 100 + index))
        const items = left.flat().map(({ item }) => item)
        expect(items.toSorted((a, b) => a - b)).toEqual(there.toSorted((a, b) => a - b))
        if (imbalance <= threshold + 1e-9) return
        // What is summed up here and there differs by rounding, far less than a second grain.
        const grain = 2 * grainOf(loads)
        for (const [index, own] of left.entries())
          for (const entry of own) expect(helps(entry.weight, (loads[index] ?? 0) - min, grain)).toBe(false)
      },
    ),
    { numRuns: 500 },
  )
})
