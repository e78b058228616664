import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { type Place, PullQueue, type PullQueueOptions } from './index.ts'

function setUp(options: PullQueueOptions = {}) {
  const clock = new ManualClock()
  const queue = new PullQueue<string>({
    clock,
    timers: clock,
    capacity: 1_000,
    classes: ['first', 'second', 'third'],
    maxAgeMs: 100,
    ...options,
  })
  return { clock, queue }
}

const many = Array.from({ length: 32 }, (_, lane) => `class ${lane}`)

describe('choice of class', () => {
  it('serves all of 32 classes in order', () => {
    const { queue } = setUp({ classes: many })
    for (const name of many.toReversed()) queue.offer(name, { class: name })
    expect(many.map(() => queue.poll())).toEqual(many)
    expect(queue.poll()).toBeUndefined()
  })

  it('tells names apart that begin, end and are long alike', () => {
    const names = ['a1z', 'a2z', 'a3z', 'z']
    const { queue } = setUp({ classes: names })
    for (const name of names.toReversed()) queue.offer(name, { class: name })
    expect(names.map(() => queue.poll())).toEqual(names)
    expect(() => queue.offer('x', { class: 'a4z' })).toThrow(RangeError)
    expect(() => queue.offer('x', { class: '' })).toThrow(RangeError)
    expect(() => queue.offer('x', { class: 1 as never })).toThrow(TypeError)
  })

  it('finds a class again that was empty', () => {
    const { queue } = setUp()
    for (const turn of ['a', 'b']) {
      queue.offer(turn, { class: 'third' })
      queue.offer(turn + turn, { class: 'first' })
      expect([queue.poll(), queue.poll(), queue.poll()]).toEqual([turn + turn, turn, undefined])
    }
  })

  it('knows that a class is empty after its only item was withdrawn', () => {
    const { queue } = setUp()
    const admitted = vi.fn<(place: Place) => void>()
    queue.offer('gone', { class: 'first', receipt: { admitted, settled: () => {} } })
    queue.offer('kept')
    expect(admitted.mock.lastCall?.[0].withdraw()).toBe(true)
    expect([queue.poll(), queue.poll()]).toEqual(['kept', undefined])
  })
})

describe('ageing', () => {
  it('serves a less urgent class once its oldest has waited for the bound, not before', () => {
    const { clock, queue } = setUp()
    queue.offer('old')
    for (let turn = 0; turn < 3; turn++) queue.offer(`urgent ${turn}`, { class: 'first' })
    clock.advance(99)
    expect(queue.poll()).toBe('urgent 0')
    clock.advance(1)
    expect([queue.poll(), queue.poll()]).toEqual(['old', 'urgent 1'])
  })

  it('serves the oldest of several that have aged, and of two as old the more urgent one', () => {
    const { clock, queue } = setUp()
    queue.offer('third', { class: 'third' })
    queue.offer('second', { class: 'second' })
    clock.advance(10)
    for (let turn = 0; turn < 5; turn++) queue.offer(`first ${turn}`, { class: 'first' })
    clock.advance(90)
    expect([queue.poll(), queue.poll(), queue.poll()]).toEqual(['second', 'first 0', 'third'])
  })

  it('leaves every second turn to what is more urgent, however much has aged', () => {
    const { clock, queue } = setUp()
    for (let turn = 0; turn < 4; turn++) queue.offer('flood', { class: 'third' })
    clock.advance(100)
    for (let turn = 0; turn < 2; turn++) queue.offer('alarm', { class: 'first' })
    const served = Array.from({ length: 6 }, () => queue.poll())
    expect(served).toEqual(['flood', 'alarm', 'flood', 'alarm', 'flood', 'flood'])
  })

  it('hands out the lowest class within its bound and one turn while a more urgent one never runs dry', () => {
    const { clock, queue } = setUp()
    const waits: number[] = []
    const low: number[] = []
    for (let ms = 0; ms < 5_000; ms++) {
      queue.offer('urgent', { class: 'first' })
      queue.offer('urgent', { class: 'first' })
      if (ms % 50 === 0 && queue.offer(`low ${ms}`, { class: 'third' })) low.push(ms)
      const served = queue.poll() ?? ''
      if (served.startsWith('low')) waits.push(ms - Number(served.slice(4)))
      clock.advance(1)
    }
    // The queue is full of urgent items after a while, and refuses low ones too: what got in is judged.
    expect(waits.length).toBeGreaterThanOrEqual(low.filter((ms) => ms < 4_800).length)
    expect(Math.min(...waits)).toBe(100)
    expect(Math.max(...waits)).toBeLessThanOrEqual(101)
  })

  it('can be turned off', () => {
    const { clock, queue } = setUp({ maxAgeMs: Number.POSITIVE_INFINITY })
    queue.offer('old')
    clock.advance(1e9)
    queue.offer('urgent', { class: 'first' })
    expect(queue.poll()).toBe('urgent')
  })

  it('holds for leases and waiting items that were given back', () => {
    const { clock, queue } = setUp()
    queue.offer('old')
    clock.advance(50)
    queue.offer('behind')
    queue.tryLease()?.release()
    clock.advance(99)
    queue.offer('urgent', { class: 'first' })
    queue.offer('urgent', { class: 'first' })
    // Given back, it counts as old as the one it stands before.
    expect(queue.tryLease()?.item).toBe('urgent')
    clock.advance(1)
    expect(queue.tryLease()?.item).toBe('old')
  })

  it('is 60 s unless said otherwise', () => {
    const clock = new ManualClock()
    const queue = new PullQueue<string>({ clock, timers: clock, classes: ['a', 'b'] })
    queue.offer('old')
    clock.advance(59_999)
    queue.offer('urgent', { class: 'a' })
    queue.offer('urgent', { class: 'a' })
    expect(queue.poll()).toBe('urgent')
    clock.advance(1)
    expect(queue.poll()).toBe('old')
  })
})

it.each([
  [{ maxAgeMs: 0 }, RangeError],
  [{ maxAgeMs: Number.NaN }, RangeError],
  [{ maxAgeMs: '1' }, TypeError],
])('refuses the options %j', (options, error) => {
  expect(() => new PullQueue(options as unknown as PullQueueOptions)).toThrow(error)
})
