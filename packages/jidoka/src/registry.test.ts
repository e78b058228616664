import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { BreakerRegistry, type BreakerRegistryOptions, type CircuitBreaker } from './index.ts'

function make(options: BreakerRegistryOptions = {}) {
  const clock = new ManualClock(1_000)
  const breaker = { trip: { consecutiveFailures: 1 }, break: { ms: 1_000 } }
  const registry = new BreakerRegistry({ name: 'hosts', clock, breaker, idleMs: 10_000, ...options })
  const events: unknown[] = []
  for (const event of ['create', 'evict', 'spare', 'overflow'] as const)
    registry.on(event, ({ key }) => events.push(`${event} ${key}`))
  const open = (...keys: string[]): void => {
    for (const key of keys) fail(registry.get(key))
  }
  const keys = (): string[] => Array.from(registry, ([key]) => key)
  return { clock, registry, events, open, keys }
}

function fail(breaker: CircuitBreaker): void {
  breaker.tryAcquire()?.failure(new Error('down'))
}

it('makes one breaker a key and gives the same one each time', () => {
  const { registry, events } = make()
  const breaker = registry.get('a')
  expect(registry.get('a')).toBe(breaker)
  expect(registry.get('b')).not.toBe(breaker)
  expect(registry.peek('a')).toBe(breaker)
  expect(registry.peek('c')).toBeUndefined()
  expect(breaker.name).toBe('hosts a')
  expect(events).toEqual(['create a', 'create b'])
})

it('makes the options of each key when told how, and names breakers after their own name and key', () => {
  const trips: string[] = []
  const { registry } = make({
    breaker: (key) => {
      trips.push(key)
      return { name: key === 'a' ? 'special' : undefined }
    },
  })
  expect([registry.get('a').name, registry.get('b').name]).toEqual(['special', 'hosts b'])
  expect(trips).toEqual(['a', 'b'])
  expect(make({ breaker: { name: 'db' } }).registry.get('a').name).toBe('db a')
})

it('lists the breakers, least recently asked for first', () => {
  const { registry, keys } = make()
  for (const key of ['a', 'b', 'c', 'a']) registry.get(key)
  expect(keys()).toEqual(['b', 'c', 'a'])
  expect([...registry.entries()].map(([, breaker]) => breaker.state)).toEqual(['closed', 'closed', 'closed'])
  expect(registry.size).toBe(3)
})

describe('giving up (r4j#273, #650, #703, #2243, Polly#1828, opossum#321)', () => {
  it('takes closed breakers that were idle for as long as that, exactly', () => {
    const { clock, registry, events, keys } = make()
    registry.get('a')
    clock.advance(9_999)
    registry.get('b')
    expect(keys()).toEqual(['a', 'b'])
    clock.advance(1)
    registry.get('b')
    expect(keys()).toEqual(['b'])
    expect(events.at(-1)).toBe('evict a')
  })

  it('never takes an open one, however idle', () => {
    const { clock, open, registry, keys } = make({ breaker: { trip: { consecutiveFailures: 1 } } })
    open('a')
    for (let time = 0; time < 10; time++) {
      clock.advance(10_000)
      registry.get('b')
      clock.advance(1)
      registry.get('b')
    }
    expect(keys()).toContain('a')
  })

  it('makes room by taking the least recently used one that has nothing to remember', () => {
    const { registry, events, open, keys } = make({ maxEntries: 3 })
    open('a')
    registry.get('b')
    registry.get('c')
    registry.get('d')
    expect(keys().toSorted()).toEqual(['a', 'c', 'd'])
    expect(events.at(-2)).toBe('evict b')
  })

  it('does not take one that is on its way to open', () => {
    const { registry, keys } = make({ maxEntries: 2, breaker: { trip: { consecutiveFailures: 2 } } })
    fail(registry.get('a'))
    registry.get('b')
    registry.get('c')
    expect(keys().toSorted()).toEqual(['a', 'c'])
  })

  it('keeps 100,000 keys within the bound', () => {
    const { registry } = make({ maxEntries: 100 })
    for (let key = 0; key < 100_000; key++) registry.get(`key ${key}`)
    expect(registry.snapshot()).toMatchObject({ entries: 100, totals: { created: 100_000, evicted: 99_900 } })
  })

  it('can be asked for', () => {
    const { registry, events } = make()
    registry.get('a')
    expect([registry.delete('a'), registry.delete('a')]).toEqual([true, false])
    expect(events.at(-1)).toBe('evict a')
  })
})

describe('when it is full of breakers that have to stay', () => {
  it('hands out one that is not kept, by default', () => {
    const { registry, open, events, keys } = make({ maxEntries: 2 })
    open('a', 'b')
    const breaker = registry.get('c')
    expect(breaker.state).toBe('closed')
    expect(registry.get('c')).not.toBe(breaker)
    expect(keys().toSorted()).toEqual(['a', 'b'])
    expect(events.at(-1)).toBe('overflow c')
    expect(registry.snapshot().totals.overflowed).toBe(2)
  })

  it('refuses when told to', () => {
    const { registry, open } = make({ maxEntries: 1, overflow: 'reject' })
    open('a')
    expect(() => registry.get('b')).toThrow(
      expect.objectContaining({ name: 'RegistryFullError', code: 'ERR_REGISTRY_FULL', registry: 'hosts', key: 'b' }),
    )
  })
})

describe('maxOpenRatio (Envoy: max_ejection_percent)', () => {
  const hosts = ['a', 'b', 'c', 'd']
  const pool = () => {
    const made = make({ maxOpenRatio: 0.5 })
    for (const host of hosts) made.registry.get(host)
    return made
  }
  const states = (registry: BreakerRegistry): string[] => hosts.map((host) => registry.get(host).state)

  it('closes again what opens beyond the share', () => {
    const { registry, open, events } = pool()
    open(...hosts)
    expect(states(registry)).toEqual(['open', 'open', 'closed', 'closed'])
    expect(events.slice(4)).toEqual(['spare c', 'spare d'])
    expect(registry.snapshot()).toMatchObject({ open: 2, totals: { spared: 2 } })
  })

  it('leaves open what is within the share by the time it is asked for', () => {
    const { registry, open, clock } = pool()
    open('a', 'b', 'c')
    clock.advance(1_000)
    registry.peek('a')?.tryAcquire()?.success()
    expect(registry.peek('a')?.state).toBe('closed')
    expect(registry.get('c').state).toBe('half-open')
    expect(registry.snapshot()).toMatchObject({ open: 2, totals: { spared: 0 } })
  })

  it('lets one be open however small the share', () => {
    const { registry, open } = make({ maxOpenRatio: 0.1 })
    open('a')
    expect(registry.get('a').state).toBe('open')
  })

  it('counts one that reopens once', () => {
    const { registry, open, clock } = pool()
    open('a')
    for (let time = 0; time < 5; time++) {
      clock.advance(1_000)
      fail(registry.get('a'))
    }
    open('b')
    expect(registry.snapshot().open).toBe(2)
    expect(states(registry)).toEqual(['open', 'open', 'closed', 'closed'])
  })

  it('forgets what has been given up', () => {
    const { registry, open } = pool()
    open('a', 'b')
    registry.delete('a')
    expect(registry.snapshot().open).toBe(1)
    const gone = registry.get('a')
    expect(gone.state).toBe('closed')
  })
})

it.each<[BreakerRegistryOptions, string]>([
  [{ maxEntries: 0 }, 'maxEntries must be an integer in [1, ∞), got 0'],
  [{ idleMs: Number.NaN }, 'idleMs must be a finite number in (0, ∞), got NaN'],
  [{ maxOpenRatio: 0 }, 'maxOpenRatio must be a finite number in (0, 1], got 0'],
  [{ overflow: 'wait' as never }, 'overflow must be "untracked" or "reject", got "wait"'],
  [{ breaker: { break: { ms: 0 } } }, 'break.ms must be a finite number'],
])('refuses %j', (options, message) => {
  expect(() => new BreakerRegistry(options)).toThrow(message)
})

it('refuses a key that is no text', () => {
  expect(() => make().registry.get('')).toThrow('key must not be empty')
})
