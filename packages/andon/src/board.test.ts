import { ManualClock } from '@tps/internal/manual-clock'
import { SafeEmitter } from '@tps/internal'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { BoardFullError } from './board-error.ts'
import type { BoardMessage } from './board-events.ts'
import type { LampRule } from './board-lamp.ts'
import type { BoardOptions } from './board-options.ts'
import type { EventNames } from './board-watch.ts'
import { Board } from './board.ts'

/** A queue that tells when it is full. */
class Queue {
  readonly name: string
  depth = 10
  capacity = 100
  state = 'open'
  failure: Error | undefined
  readonly #events = new SafeEmitter<{ full: []; empty: [] }>()

  constructor(name = 'orders') {
    this.name = name
  }

  on(event: 'full' | 'empty', listener: () => void): () => void {
    return this.#events.on(event, listener)
  }

  tell(event: 'full' | 'empty'): void {
    this.#events.emit(event)
  }

  isWatched(event: 'full' | 'empty'): boolean {
    return this.#events.has(event)
  }

  snapshot() {
    if (this.failure) throw this.failure
    return { depth: this.depth, capacity: this.capacity, state: this.state, lag: { seconds: 0 } }
  }
}

const RULES: readonly LampRule<ReturnType<Queue['snapshot']>>[] = [
  {
    reading: 'depthRatio',
    read: ({ depth, capacity }) => depth / capacity,
    yellow: { atLeast: 0.8 },
    red: { atLeast: 1 },
  },
  { reading: 'state', red: { is: ['closed', 'broken'] } },
  { reading: 'lag.seconds', yellow: { above: 5 } },
]

function setUp(options: BoardOptions = {}) {
  const clock = new ManualClock()
  const wallNow = (): number => Date.UTC(2026, 0, 1) + clock.now()
  const board = new Board({ clock, timers: clock, wallNow, ...options })
  const told: string[] = []
  board.on('lamp', ({ lamp, from }) => told.push(`${lamp.station} ${from}→${lamp.colour}`))
  board.on('colour', ({ from, to }) => told.push(`board ${from}→${to}`))
  board.on('removed', ({ station }) => told.push(`${station} removed`))
  return { clock, board, told, queue: new Queue() }
}

const lampOf = (board: Board, name: string) => {
  const lamp = board.snapshot().stations.find(({ station }) => station === name)
  if (!lamp) throw new Error(`no station ${name}`)
  return lamp
}

describe('a watched station', () => {
  it('has the colour of its worst reading, and says which it is', () => {
    const { board, queue } = setUp()
    board.watch(queue, RULES)
    expect(lampOf(board, 'orders')).toMatchObject({ colour: 'green', kind: 'watched', why: 'depthRatio is 0.1' })
    queue.depth = 85
    board.refresh()
    expect(lampOf(board, 'orders')).toMatchObject({
      colour: 'yellow',
      because: {
        reading: 'depthRatio',
        value: 0.85,
        colour: 'yellow',
        yellow: { atLeast: 0.8 },
        red: { atLeast: 1 },
      },
      why: 'depthRatio is 0.85: yellow at least 0.8',
    })
    queue.state = 'closed'
    board.refresh()
    expect(lampOf(board, 'orders')).toMatchObject({
      colour: 'red',
      because: { reading: 'state', value: 'closed', yellow: null },
      why: 'state is closed: red is closed or broken',
    })
  })

  it.each([
    ['above', { above: 5 }, 5, 5.1],
    ['atLeast', { atLeast: 5 }, 4.9, 5],
    ['below', { below: 5 }, 5, 4.9],
    ['atMost', { atMost: 5 }, 5.1, 5],
  ] as const)('takes %s to the letter', (_title, red, well, ill) => {
    const { board } = setUp()
    const source = { name: 'press', value: well as number, snapshot: () => ({ value: source.value }) }
    board.watch(source, [{ reading: 'value', red }])
    expect(board.colour).toBe('green')
    source.value = ill
    board.refresh()
    expect(board.colour).toBe('red')
  })

  it('is read again after the events that it was asked to listen to, and only those', () => {
    const { board, queue, told } = setUp()
    board.watch(queue, RULES, { events: ['full'] })
    queue.depth = 100
    queue.tell('empty')
    expect(told).toEqual(['orders null→green', 'board unknown→green'])
    queue.tell('full')
    expect(told.slice(2)).toEqual(['orders green→red', 'board green→red'])
  })

  it('tells changes alone: not new values, but another reading behind the same colour', () => {
    const { board, queue, told } = setUp()
    board.watch(queue, [
      { reading: 'depth', red: { above: 50 } },
      { reading: 'state', red: { is: 'closed' } },
    ])
    queue.depth = 60
    board.refresh()
    queue.depth = 70
    board.refresh()
    expect(told).toHaveLength(4)
    queue.depth = 10
    queue.state = 'closed'
    board.refresh()
    expect(told.slice(4)).toEqual(['orders red→red'])
  })

  it.each([
    ['undefined', () => undefined],
    ['null', () => null],
    ['NaN', () => Number.NaN],
    ['what can not be compared', () => 'many'],
  ])('is unknown, never green, where a reading is %s', (_title, read) => {
    const { board, queue } = setUp()
    board.watch(queue, [...RULES, { reading: 'odd', read, red: { above: 1 } }])
    expect(lampOf(board, 'orders')).toMatchObject({ colour: 'unknown', because: { reading: 'odd' } })
  })

  it('does not look into prototypes for a reading', () => {
    const { board, queue } = setUp()
    board.watch(queue, [{ reading: 'constructor.name', red: { is: 'x' } }])
    expect(board.colour).toBe('unknown')
  })

  it('leaves nothing on what it watched once it is removed', () => {
    const { board, queue, told } = setUp()
    const remove = board.watch(queue, RULES, { events: ['full', 'empty'], name: 'queue' })
    expect(queue.isWatched('full') && queue.isWatched('empty')).toBe(true)
    remove()
    remove()
    expect(queue.isWatched('full') || queue.isWatched('empty')).toBe(false)
    expect(told.slice(-2)).toEqual(['queue removed', 'board green→unknown'])
    board.watch(queue, RULES, { name: 'queue' })
    remove()
    expect(board.snapshot().stations).toHaveLength(1)
  })

  it('knows the names of the events of what it watches', () => {
    expectTypeOf<EventNames<Queue>>().toEqualTypeOf<'full' | 'empty'>()
    const { board, queue } = setUp()
    // @ts-expect-error There is no such event.
    expect(() => board.watch(queue, RULES, { events: ['fuller'] })).not.toThrow()
    // @ts-expect-error The snapshot has no such property.
    expect(() => board.watch(new Queue('b'), [{ reading: 'x', read: ({ deep }) => deep }])).not.toThrow()
  })
})

describe('what throws', () => {
  it('makes the reading unknown, and is told once until it works again', () => {
    const { board, queue } = setUp()
    const errors: unknown[] = []
    board.on('readError', (event) => errors.push(event))
    board.watch(queue, RULES)
    const failure = (queue.failure = new Error('gone'))
    board.refresh()
    board.refresh()
    expect(errors).toEqual([{ station: 'orders', error: failure }])
    expect(lampOf(board, 'orders')).toMatchObject({ colour: 'unknown', why: 'depthRatio is unknown' })
    expect(board.snapshot().readFailures).toBe(2)
    queue.failure = undefined
    board.refresh()
    queue.failure = failure
    board.refresh()
    expect(errors).toHaveLength(2)
  })

  it('is kept to its own rule', () => {
    const { board, queue } = setUp()
    board.on('readError', () => {})
    const broken = {
      reading: 'broken',
      read: () => {
        throw new Error('x')
      },
    }
    board.watch(queue, [broken, { reading: 'depth', red: { above: 5 } }])
    expect(lampOf(board, 'orders')).toMatchObject({ colour: 'red', because: { reading: 'depth' } })
  })

  it('is printed when nobody listens', () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { board } = setUp()
    const source = { name: 'press', snapshot: () => Promise.reject(new Error('async')) }
    board.watch(source as never, [{ reading: 'x' } as never])
    expect(print).toHaveBeenCalledExactlyOnceWith(
      'Station "press" of board "board" can\'t be read:',
      new TypeError('snapshot() must return an object'),
    )
    print.mockRestore()
  })
})

describe('a station set by hand', () => {
  it('shows what was set', () => {
    const { board } = setUp()
    const bounds = { yellow: { above: 70 }, red: { above: 90 } }
    board.set('oven', { colour: 'yellow', reading: 'temperature', value: 81, ...bounds })
    expect(lampOf(board, 'oven')).toMatchObject({
      colour: 'yellow',
      kind: 'pushed',
      because: { reading: 'temperature', value: 81, ...bounds },
      why: 'temperature is 81: yellow above 70',
    })
    board.set('oven', { colour: 'red', why: 'the door is open' })
    expect(lampOf(board, 'oven')).toMatchObject({ colour: 'red', because: null, why: 'the door is open' })
  })

  it('can not be put over a watched one, nor watched twice', () => {
    const { board, queue } = setUp()
    board.watch(queue, RULES)
    expect(() => board.set('orders', { colour: 'green' })).toThrow('station "orders" is watched')
    expect(() => board.watch(queue, RULES)).toThrow(new RangeError('there is a station "orders" already'))
  })

  it.each([
    [{ colour: 'blue' }, 'colour must be "green" or "unknown" or "yellow" or "red", got "blue"'],
    [{ colour: 'red', red: { above: 1, below: 2 } }, 'red must have exactly one of'],
    [{ colour: 'red', yellow: { above: Number.NaN } }, 'yellow.above must be a finite number, got NaN'],
    [{ colour: 'red', why: '' }, 'why must not be empty'],
    [{ colour: 'red', staleMs: 0 }, 'staleMs must be a finite number in (0, ∞), got 0'],
  ])('is refused with %j', (reading, message) => {
    expect(() => setUp().board.set('oven', reading as never)).toThrow(message)
  })
})

describe('staleness', () => {
  it.each(['unknown', 'yellow'] as const)(
    'shows %s once a reading is too old, until there is a new one',
    (whenStale) => {
      const { board, clock, told } = setUp({ staleMs: 1000, whenStale })
      board.set('oven', { colour: 'green' })
      clock.advance(999)
      board.refresh()
      expect(lampOf(board, 'oven')).toMatchObject({ colour: 'green', isStale: false, ageMs: 999 })
      clock.advance(1)
      expect(lampOf(board, 'oven')).toMatchObject({ colour: whenStale, isStale: true, why: 'no reading for too long' })
      expect(board.colour).toBe(whenStale)
      board.refresh()
      board.set('oven', { colour: 'green' })
      expect(told.slice(2)).toEqual([
        `oven green→${whenStale}`,
        `board green→${whenStale}`,
        `oven ${whenStale}→green`,
        `board ${whenStale}→green`,
      ])
    },
  )

  it('leaves what is red red', () => {
    const { board, clock } = setUp()
    board.set('oven', { colour: 'red', staleMs: 10, reading: 'temperature', value: 99 })
    clock.advance(10)
    const why = 'no reading for too long; last: temperature is 99'
    expect(lampOf(board, 'oven')).toMatchObject({ colour: 'red', isStale: true, why })
  })

  it('is not that of a station that is read again', () => {
    const { board, clock, queue } = setUp()
    board.watch(queue, RULES, { staleMs: 10 })
    clock.advance(10)
    expect(board.colour).toBe('unknown')
    board.refresh()
    expect(board.colour).toBe('green')
  })
})

describe('the whole board', () => {
  it('has the worst colour: green, unknown, yellow, red', () => {
    const { board } = setUp()
    expect(board.colour).toBe('unknown')
    for (const colour of ['green', 'unknown', 'yellow', 'red'] as const) {
      board.set(colour, { colour })
      expect(board.colour).toBe(colour)
    }
    board.remove('red')
    expect(board.colour).toBe('yellow')
    expect(board.remove('red')).toBe(false)
  })

  it('is red while the cord is pulled, with the reason at the station', () => {
    const { board, told } = setUp()
    board.set('oven', { colour: 'green' })
    board.set('press', { colour: 'green' })
    const pull = board.cord.pull({ by: 'ann', reason: 'smoke', station: 'oven' })
    expect(board.colour).toBe('red')
    expect(lampOf(board, 'oven')).toMatchObject({
      colour: 'red',
      because: { reading: 'cord', value: 'smoke (ann)' },
      why: 'the cord was pulled: smoke (ann)',
    })
    expect(lampOf(board, 'press').colour).toBe('green')
    pull.release()
    expect(told.slice(3)).toEqual(['oven green→red', 'board green→red', 'oven red→green', 'board red→green'])
  })

  it('says since when a lamp has its colour', () => {
    const { board, clock } = setUp()
    board.set('oven', { colour: 'yellow', reading: 'a' })
    clock.advance(5000)
    board.set('oven', { colour: 'yellow', reading: 'b' })
    expect(lampOf(board, 'oven').since).toBe('2026-01-01T00:00:00.000Z')
    board.set('oven', { colour: 'red' })
    expect(lampOf(board, 'oven').since).toBe('2026-01-01T00:00:05.000Z')
  })

  it('has room for maxStations', () => {
    const { board, queue } = setUp({ maxStations: 1, name: 'line' })
    expect(board.set('oven', { colour: 'green' })).toBe(true)
    expect(board.set('oven', { colour: 'red' })).toBe(true)
    expect(board.set('press', { colour: 'green' })).toBe(false)
    const full = expect.objectContaining({ code: 'ERR_BOARD_FULL', board: 'line', station: 'orders', limit: 1 })
    expect(() => board.watch(queue, RULES, { events: ['full'] })).toThrow(full)
    expect(() => board.watch(queue, RULES)).toThrow(BoardFullError)
    expect(queue.isWatched('full')).toBe(false)
    expect(board.snapshot()).toMatchObject({ refused: 3, stations: [{ station: 'oven' }] })
  })

  it('reads on its own only between start and stop, and never twice', () => {
    const { board, clock, queue } = setUp()
    const read = vi.spyOn(queue, 'snapshot')
    board.watch(queue, RULES, { events: ['full'] })
    clock.advance(10_000)
    expect(read).toHaveBeenCalledTimes(1)
    board.start({ everyMs: 100 })
    board.start({ everyMs: 1000 })
    clock.advance(3000)
    expect(read).toHaveBeenCalledTimes(4)
    expect(board.snapshot().isRunning).toBe(true)
    board[Symbol.dispose]()
    expect(board.snapshot().isRunning).toBe(false)
    expect(clock.pendingTimers).toBe(0)
    expect(queue.isWatched('full')).toBe(false)
  })

  it('refuses wrong options and rules', () => {
    const { board, queue } = setUp()
    expect(() => new Board({ whenStale: 'green' as never })).toThrow('whenStale must be "yellow" or "unknown"')
    expect(() => board.start({ everyMs: 0 })).toThrow('everyMs must be a finite number in [1, 2147483647], got 0')
    expect(() => board.watch(queue, [])).toThrow('rules must not be empty')
    expect(() => board.watch(queue, [{ reading: 'a', red: { is: [] } }])).toThrow('rules[0].red.is must not be empty')
    expect(() =>
      board.watch({ name: 'x', snapshot: () => ({}) }, [{ reading: 'a' }], { events: ['a' as never] }),
    ).toThrow('source must have a method on()')
    expect(() => board.subscribe('x' as never)).toThrow('listener must be a function')
  })

  it('takes its listeners away when one of the events can not be listened to', () => {
    const { board } = setUp()
    const queue = new Queue()
    expect(() => board.watch(queue, RULES, { events: ['full', Symbol('x') as never] })).toThrow(
      'events[1] must be a string',
    )
    const on = vi.spyOn(queue, 'on').mockImplementation((event) => {
      if (event === 'empty') throw new Error('no')
      return () => removed.push(event)
    })
    const removed: string[] = []
    expect(() => board.watch(queue, RULES, { events: ['full', 'empty'] })).toThrow('no')
    expect(on).toHaveBeenCalledTimes(2)
    expect(removed).toEqual(['full'])
    expect(board.snapshot().stations).toEqual([])
  })
})

describe('a subscriber', () => {
  it('gets the whole board first and then what changes, until it leaves', () => {
    const { board } = setUp()
    board.set('oven', { colour: 'green' })
    const messages: BoardMessage[] = []
    const leave = board.subscribe((message) => messages.push(message))
    expect(messages).toMatchObject([{ kind: 'board', board: { colour: 'green', stations: [{ station: 'oven' }] } }])
    board.set('oven', { colour: 'green', reading: undefined })
    expect(messages).toHaveLength(1)
    const pull = board.cord.pull({ by: 'ann', reason: 'smoke' })
    pull.release()
    board.remove('oven')
    expect(messages.slice(1).map((message) => message.kind)).toEqual([
      'cord',
      'colour',
      'cord',
      'colour',
      'removed',
      'colour',
    ])
    leave()
    board.set('press', { colour: 'red' })
    expect(messages).toHaveLength(7)
  })

  it('can not hurt the board or the others', () => {
    const onListenerError = vi.fn()
    const { board } = setUp({ onListenerError })
    const failure = new Error('subscriber')
    board.subscribe(() => {
      throw failure
    })
    const other = vi.fn()
    board.subscribe(other)
    board.set('oven', { colour: 'red' })
    expect(onListenerError).toHaveBeenCalledTimes(3)
    expect(onListenerError).toHaveBeenCalledWith(failure, 'subscribe')
    expect(other).toHaveBeenCalledTimes(3)
  })

  it('that joins while something is told is not told what it has seen', () => {
    const { board } = setUp()
    const late: BoardMessage[] = []
    const remove = board.on('lamp', () => {
      remove()
      board.subscribe((message) => late.push(message))
    })
    board.set('oven', { colour: 'red' })
    // The change of the board's colour was told after the lamp, but is in the state that was handed over.
    expect(late.map(({ kind }) => kind)).toEqual(['board'])
    expect(late[0]).toMatchObject({ board: { colour: 'red' } })
  })
})
