import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Sample, Samples } from './samples.ts'

const keeping = { keepMs: 100, slotMs: 10 }

it('finds the last reading at or before a moment, as if all had been kept, but for the slot', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(25), { minLength: 1, maxLength: 60 }), fc.nat(120), (gaps, ago) => {
      const samples = new Samples()
      const all: Sample[] = []
      let ms = 0
      for (const gap of gaps) {
        ms += gap
        const sample = { ms, value: all.length, total: 0 }
        all.push(sample)
        samples.add(sample, keeping)
      }
      const wanted = ms - Math.min(ago, keeping.keepMs)
      const exact = all.findLast((sample) => sample.ms <= wanted) ?? all[0]
      const found = samples.at(wanted) as Sample
      expect(found.ms).toBeLessThanOrEqual(Math.max(wanted, all[0]?.ms ?? 0))
      expect((exact?.ms ?? 0) - found.ms).toBeLessThanOrEqual(25 + keeping.slotMs)
      expect(samples.size).toBeLessThanOrEqual(keeping.keepMs / keeping.slotMs + 3)
    }),
  )
})

it('keeps no more than its slots', () => {
  const samples = new Samples()
  for (let ms = 0; ms < 10_000; ms++) samples.add({ ms, value: ms, total: 0 }, keeping)
  expect(samples.size).toBeLessThanOrEqual(12)
  expect(samples.latest?.ms).toBe(9999)
})

it('has nothing before the first and after clear()', () => {
  const samples = new Samples()
  expect(samples.at(5)).toBeUndefined()
  samples.add({ ms: 1, value: 1, total: 1 }, keeping)
  samples.clear()
  expect(samples.at(5)).toBeUndefined()
})
