import { describe, expect, it } from 'vitest'
import { ScalingEvidence } from './scaling-evidence.ts'

const SETTINGS = { minReadings: 3, minGainRatio: 0.1, retryMs: 1000 }

/** Readings by number of workers, oldest first. */
function evidence(readings: { readonly [workers: number]: readonly number[] }): ScalingEvidence {
  const made = new ScalingEvidence(SETTINGS)
  for (const [workers, all] of Object.entries(readings))
    for (const reading of all) made.record(Number(workers), reading, 0)
  return made
}

describe('evidence of scaling', () => {
  it('has no verdict without anything to compare with, or to compare', () => {
    expect(evidence({ 4: [400] }).judge(4)).toBe('first')
    expect(evidence({ 4: [400] }).judge(8)).toBe('unclear')
  })

  it('believes half of the full gain at once, and less only after enough readings', () => {
    expect(evidence({ 4: [400], 8: [600] }).judge(8)).toBe('helps')
    expect(evidence({ 4: [400], 8: [599] }).judge(8)).toBe('unclear')
    expect(evidence({ 4: [400, 400, 400], 8: [599, 599, 599] }).judge(8)).toBe('helps')
  })

  it('says that more do not help when they bring less than a tenth of what they should', () => {
    expect(evidence({ 4: [400, 400], 8: [439, 439, 439] }).judge(8)).toBe('not-helping')
    expect(evidence({ 4: [400, 400], 8: [441, 441, 441] }).judge(8)).toBe('helps')
    expect(evidence({ 4: [400, 400], 8: [300, 300, 300] }).judge(8)).toBe('not-helping')
    expect(evidence({ 4: [0, 0], 8: [0, 0, 0] }).judge(8)).toBe('not-helping')
  })

  it('waits while noise could make it either, and lets the means decide in the end', () => {
    const before = [360, 440, 360, 440]
    expect(evidence({ 4: before, 8: [400, 480, 440] }).judge(8)).toBe('unclear')
    expect(evidence({ 4: before, 8: [400, 480, 400, 480, 400, 480, 400, 480] }).judge(8)).toBe('helps')
    expect(evidence({ 4: before, 8: [380, 460, 380, 460, 380, 460, 380, 460] }).judge(8)).toBe('not-helping')
    expect(evidence({ 4: before, 8: [700, 800, 750] }).judge(8)).toBe('helps')
  })

  it('compares with a number that is a fifth lower, so that small steps add up', () => {
    const small = evidence({ 10: [1000], 11: [1005], 12: [1010], 13: [1015, 1015, 1015] })
    expect(small.baselineOf(13)).toBe(10)
    expect(small.baselineOf(11)).toBe(10)
    expect(small.judge(13)).toBe('not-helping')
  })

  it('says whether more than a throughput is done', () => {
    const made = evidence({ 12: [1000, 1001, 1000], 13: [1100, 1101, 1100], 14: [1101] })
    expect([12, 13, 14, 15].map((workers) => made.exceeds(workers, 1000, 0.05))).toEqual([
      'not-helping',
      'helps',
      'helps',
      'unclear',
    ])
  })

  it('keeps the last 8 readings of the last 64 numbers', () => {
    const made = new ScalingEvidence(SETTINGS)
    for (let workers = 1; workers <= 100; workers++) made.record(workers, workers, 0)
    expect([made.counts().length, made.counts()[0]]).toEqual([64, 37])
    for (let reading = 0; reading < 20; reading++) made.record(50, 1000 + reading, 0)
    expect([made.countOf(50), made.meanOf(50)]).toEqual([8, 1015.5])
  })

  it('forgets numbers that were not read for long', () => {
    const made = evidence({ 1: [1], 2: [2] })
    made.record(2, 2, 800)
    made.record(3, 3, 1001)
    expect(made.counts()).toEqual([2, 3])
    made.forget((workers) => workers > 2)
    expect([made.counts(), made.isEmpty, made.meanOf(1)]).toEqual([[2], false, undefined])
  })

  it('leaves out of its points what did nothing', () => {
    expect(evidence({ 2: [0, 0], 1: [10, 20] }).points()).toEqual([{ concurrency: 1, throughput: 15 }])
  })
})
