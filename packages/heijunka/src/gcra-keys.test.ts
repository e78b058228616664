import { describe, expect, it } from 'vitest'
import { GcraKeys } from './gcra-keys.ts'

const MINUTE = 60_000
const nobodyWaits = (): boolean => false

/** A table whose key `name` is limited until `untilMs`. */
function make(maxKeys: number) {
  const keys = new GcraKeys(maxKeys, 2)
  const use = (name: string, untilMs: number, nowMs = 0, isHeld = nobodyWaits): number | undefined => {
    const slot = keys.find(name) ?? keys.claim(name, nowMs, isHeld)
    if (slot !== undefined) keys.tats[slot] = untilMs
    return slot
  }
  return { keys, use }
}

it('keeps the slots apart that are not for keys', () => {
  const { use } = make(3)
  expect([use('a', 1), use('b', 1), use('a', 2)]).toEqual([2, 3, 2])
})

it('tells text from numbers, as a Map does', () => {
  const keys = new GcraKeys(3, 0)
  expect(keys.claim('1', 0, nobodyWaits)).toBe(0)
  expect(keys.find(1)).toBeUndefined()
})

it('grows and keeps what it knows', () => {
  const { keys, use } = make(1000)
  for (let index = 0; index < 1000; index++) use(`key ${index}`, index + 1)
  expect(keys.size).toBe(1000)
  for (let index = 0; index < 1000; index++) expect(keys.tats[keys.find(`key ${index}`) ?? -1]).toBe(index + 1)
})

describe('without room', () => {
  it('drops a key that is idle for one that is new, and none that is limited', () => {
    const { keys, use } = make(2)
    use('limited', 100)
    use('idle', 10)
    expect(use('new', 100, 10)).toBeDefined()
    expect(keys.find('idle')).toBeUndefined()
    expect(keys.find('limited')).toBeDefined()
    expect(use('too many', 100, 10)).toBeUndefined()
    expect(keys.size).toBe(2)
  })

  it('keeps an idle key that somebody waits for', () => {
    const { keys, use } = make(1)
    use('waiting', 10)
    expect(use('new', 100, 50, () => true)).toBeUndefined()
    expect(keys.find('waiting')).toBeDefined()
  })

  it('finds the one idle key of many within some tries', () => {
    const { use } = make(1000)
    for (let index = 0; index < 1000; index++) use(`key ${index}`, index === 777 ? 1 : 1e9)
    let tries = 1
    while (use('new', 1e9, 5) === undefined) tries++
    expect(tries).toBeLessThanOrEqual(Math.ceil(1000 / 64))
  })
})

describe('with room', () => {
  it('drops keys once they have been idle for a minute', () => {
    const { keys, use } = make(100_000)
    for (let index = 0; index < 1000; index++) use(`old ${index}`, 10)
    for (let index = 0; index < 1000; index++) use(`new ${index}`, 1e9, MINUTE + 10)
    expect(keys.size).toBeLessThanOrEqual(1001)
    for (let index = 0; index < 1000; index++) expect(keys.find(`new ${index}`)).toBeDefined()
  })

  it('keeps keys that come again within it', () => {
    const { keys, use } = make(100_000)
    for (let index = 0; index < 100; index++) use(`key ${index}`, 10)
    for (let index = 0; index < 100; index++) use(`other ${index}`, 1e9, MINUTE + 9)
    expect(keys.size).toBe(200)
  })
})
