import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { Cord, type CordEvents, type Stoppable } from './cord.ts'
import { CordFullError } from './cord-error.ts'
import type { CordOptions } from './cord-options.ts'

function setUp(options: CordOptions = {}) {
  const clock = new ManualClock()
  const wallNow = (): number => Date.UTC(2026, 0, 1) + clock.now()
  const cord = new Cord({ clock, wallNow, ...options })
  const told: string[] = []
  for (const event of ['pull', 'stop', 'release', 'run'] as const)
    cord.on(event, ({ pull }: CordEvents[typeof event][0]) => told.push(`${event} ${pull.id}`))
  return { clock, cord, told }
}

function breaker() {
  const holds: string[] = []
  const line: Stoppable = {
    forceOpen(reason = '') {
      holds.push(reason)
      return { release: () => void holds.splice(holds.indexOf(reason), 1) }
    },
  }
  return { holds, line }
}

describe('pulling and releasing', () => {
  it('stops the line at the first pull and lets it run at the last release', () => {
    const { cord, told } = setUp()
    const first = cord.pull({ by: 'ann', reason: 'smoke' })
    const second = cord.pull({ by: 'bob', reason: 'noise', station: 'press' })
    expect(first.release()).toBe(true)
    expect(cord.isPulled).toBe(true)
    expect(second.release()).toBe(true)
    expect(cord.isPulled).toBe(false)
    expect(told).toEqual(['pull 1', 'stop 1', 'pull 2', 'release 1', 'release 2', 'run 2'])
  })

  it('releases a pull once, whoever tries again', () => {
    const { cord } = setUp()
    const pull = cord.pull({ by: 'ann', reason: 'smoke' })
    cord.pull({ by: 'ann', reason: 'more smoke' })
    expect(pull.release('bob')).toBe(true)
    expect(pull.release()).toBe(false)
    pull[Symbol.dispose]()
    expect(cord.snapshot().pulls).toHaveLength(1)
  })

  it('releases at the end of a block', () => {
    const { cord } = setUp()
    {
      using pull = cord.pull({ by: 'deploy', reason: 'new version' })
      expect(pull.id).toBe(1)
      expect(cord.isPulled).toBe(true)
    }
    expect(cord.isPulled).toBe(false)
  })

  it('releases what somebody pulled, one pull of anybody, or all', () => {
    const { cord } = setUp()
    for (const by of ['ann', 'ann', 'bob', 'cleo']) cord.pull({ by, reason: 'smoke' })
    expect(cord.release({ by: 'dan' })).toBe(0)
    expect(cord.release({ by: 'ann' })).toBe(2)
    expect(cord.release({ by: 'dan', pull: 3 })).toBe(1)
    expect(cord.release({ by: 'dan', pull: 3 })).toBe(0)
    expect(cord.snapshot().pulls.map(({ by }) => by)).toEqual(['cleo'])
    expect(cord.release({ by: 'dan', all: true })).toBe(1)
    expect(cord.isPulled).toBe(false)
  })

  it('tells how long the line stood', () => {
    const { clock, cord } = setUp()
    const stood: number[] = []
    cord.on('run', ({ stoppedMs }) => stood.push(stoppedMs))
    const first = cord.pull({ by: 'ann', reason: 'smoke' })
    clock.advance(100)
    cord.pull({ by: 'bob', reason: 'smoke' })
    first.release()
    clock.advance(50)
    expect(cord.snapshot()).toMatchObject({ isPulled: true, stoppedMs: 150, pulled: 2 })
    cord.release({ by: 'bob' })
    expect(stood).toEqual([150])
    expect(cord.snapshot()).toMatchObject({ isPulled: false, stoppedMs: 0, pulls: [] })
  })

  it('refuses texts that are missing or too long, and contradictions', () => {
    const { cord } = setUp()
    expect(() => cord.pull({ by: '', reason: 'x' })).toThrow(new RangeError('by must not be empty'))
    expect(() => cord.pull({ by: 'ann' } as never)).toThrow(new TypeError('reason must be a string, got undefined'))
    expect(() => cord.pull({ by: 'ann', reason: 'x'.repeat(1025) })).toThrow(
      new RangeError('reason must have at most 1024 characters, got 1025'),
    )
    expect(() => cord.pull({ by: 'ann', reason: 'x', station: 'x'.repeat(257) })).toThrow('at most 256 characters')
    expect(() => cord.release({ by: 'ann', pull: 1, all: true })).toThrow('either "pull" or "all"')
    expect(() => cord.release({ by: 'ann', pull: 0 })).toThrow('pull must be an integer in [1, ∞), got 0')
    expect(cord.snapshot()).toMatchObject({ pulled: 0, isPulled: false })
  })
})

describe('the bounds', () => {
  it('refuses more than maxPulls, and counts it', () => {
    const { cord } = setUp({ maxPulls: 1, name: 'line 1' })
    cord.pull({ by: 'ann', reason: 'smoke' })
    const refused = expect.objectContaining({
      name: 'CordFullError',
      code: 'ERR_CORD_FULL',
      cord: 'line 1',
      bound: 'maxPulls',
      limit: 1,
    })
    expect(() => cord.pull({ by: 'bob', reason: 'smoke' })).toThrow(refused)
    expect(() => cord.pull({ by: 'bob', reason: 'smoke' })).toThrow(CordFullError)
    expect(cord.snapshot()).toMatchObject({ refused: 2, pulled: 1 })
  })

  it('keeps the last historySize pulls, latest first', () => {
    const { clock, cord } = setUp({ historySize: 2 })
    for (const reason of ['one', 'two', 'three']) {
      const pull = cord.pull({ by: 'ann', reason })
      clock.advance(10)
      pull.release('bob')
    }
    expect(cord.history().map(({ reason }) => reason)).toEqual(['three', 'two'])
    expect(cord.history()[0]).toEqual({
      id: 3,
      by: 'ann',
      reason: 'three',
      station: null,
      pulledAt: '2026-01-01T00:00:00.020Z',
      releasedBy: 'bob',
      releasedAt: '2026-01-01T00:00:00.030Z',
      heldMs: 10,
    })
  })
})

describe('whenReleased', () => {
  it('resolves at once while the line runs, and at the last release otherwise', async () => {
    const { cord } = setUp()
    await expect(cord.whenReleased()).resolves.toBeUndefined()
    const [first, second] = [cord.pull({ by: 'ann', reason: 'a' }), cord.pull({ by: 'bob', reason: 'b' })]
    const went = vi.fn()
    const waiting = cord.whenReleased().then(went)
    first.release()
    await settle()
    expect(went).not.toHaveBeenCalled()
    second.release()
    await waiting
    expect(went).toHaveBeenCalledOnce()
    expect(cord.snapshot().waiting).toBe(0)
  })

  it('rejects with the reason of the signal, and leaves no listener on it', async () => {
    const { cord } = setUp()
    const pull = cord.pull({ by: 'ann', reason: 'a' })
    const controller = new AbortController()
    const remove = vi.spyOn(controller.signal, 'removeEventListener')
    const waiting = cord.whenReleased({ signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(cord.snapshot().waiting).toBe(0)
    await expect(cord.whenReleased({ signal: controller.signal })).rejects.toThrow('enough')
    const other = new AbortController()
    const removeOther = vi.spyOn(other.signal, 'removeEventListener')
    const second = cord.whenReleased({ signal: other.signal })
    pull.release()
    await second
    expect(removeOther).toHaveBeenCalledOnce()
    expect(remove).not.toHaveBeenCalled()
  })

  it('refuses more than maxWaiting', async () => {
    const { cord } = setUp({ maxWaiting: 1 })
    cord.pull({ by: 'ann', reason: 'a' })
    const waiting = cord.whenReleased()
    await expect(cord.whenReleased()).rejects.toMatchObject({ code: 'ERR_CORD_FULL', bound: 'maxWaiting', limit: 1 })
    expect(cord.snapshot()).toMatchObject({ waiting: 1, refused: 1 })
    cord.release({ by: 'ann' })
    await expect(waiting).resolves.toBeUndefined()
  })
})

describe('stops', () => {
  it('holds what can be forced open for as long as the cord is pulled', () => {
    const { cord } = setUp()
    const { holds, line } = breaker()
    cord.stops(line)
    const first = cord.pull({ by: 'ann', reason: 'smoke' })
    cord.pull({ by: 'bob', reason: 'noise' })
    expect(holds).toEqual(['smoke (ann)'])
    first.release()
    expect(holds).toEqual(['smoke (ann)'])
    cord.release({ by: 'bob' })
    expect(holds).toEqual([])
  })

  it('stops what comes under a pulled cord, and lets it go when it leaves', () => {
    const { cord } = setUp()
    const { holds, line } = breaker()
    cord.pull({ by: 'ann', reason: 'smoke' })
    const leave = cord.stops(line)
    expect(holds).toEqual(['smoke (ann)'])
    leave()
    expect(holds).toEqual([])
    cord.release({ by: 'ann' })
    cord.pull({ by: 'ann', reason: 'again' })
    expect(holds).toEqual([])
  })

  it('reports a line that can not be stopped, and stops the others', () => {
    const onListenerError = vi.fn()
    const { cord } = setUp({ onListenerError })
    const { holds, line } = breaker()
    const failure = new Error('jammed')
    cord.stops({
      forceOpen() {
        throw failure
      },
    })
    cord.stops(line)
    cord.pull({ by: 'ann', reason: 'smoke' })
    expect(onListenerError).toHaveBeenCalledExactlyOnceWith(failure, 'stop')
    expect(holds).toHaveLength(1)
  })
})

it('tells what a listener sets off after what it was told', () => {
  const { cord } = setUp()
  const order: string[] = []
  cord.on('stop', ({ pull }) => void cord.release({ by: pull.by }))
  for (const event of ['pull', 'stop', 'release', 'run'] as const) cord.on(event, () => order.push(event))
  cord.pull({ by: 'ann', reason: 'false alarm' })
  expect(order).toEqual(['pull', 'stop', 'release', 'run'])
  expect(cord.isPulled).toBe(false)
})
