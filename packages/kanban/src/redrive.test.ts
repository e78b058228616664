import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import {
  DeadLetterQueue,
  type DeadLetterQueueOptions,
  PullQueue,
  QueueFullError,
  type RedriveIntake,
  type RedriveOptions,
  WorkerPool,
} from './index.ts'

function setUp(
  names: string,
  options: DeadLetterQueueOptions<string> = {},
): { clock: ManualClock; letters: DeadLetterQueue<string>; sent: string[]; log: [number, string][] } {
  const clock = new ManualClock()
  const sent: string[] = []
  const log: [number, string][] = []
  const into = (item: string): boolean => {
    log.push([clock.now(), item])
    return sent.push(item) > 0
  }
  const letters = new DeadLetterQueue<string>({ clock, timers: clock, wallNow: () => clock.now(), into, ...options })
  for (const item of names) die(letters, item)
  return { clock, letters, sent, log }
}

function die<T>(letters: DeadLetterQueue<T>, item: T, error: unknown = 'down'): ReturnType<DeadLetterQueue<T>['add']> {
  return letters.add({ item, errors: [error], attempts: 1 })
}

const items = <T>(letters: DeadLetterQueue<T>): T[] => letters.list().map(({ item }) => item)

/** Takes as many as `room` says. */
function target(room: number, clock?: ManualClock): RedriveIntake<string> & { room: number; taken: string[] } {
  return {
    room,
    taken: [],
    offer(item) {
      if (this.taken.length >= this.room) return false
      return this.taken.push(clock ? `${item}@${clock.now()}` : item) > 0
    },
  }
}

const isFull = (): never => {
  throw new QueueFullError('orders')
}

const broken = (): never => {
  throw new Error('bad filter')
}

describe('redrive', () => {
  it('sends back what the filter picks, oldest first, and says what happened', async () => {
    const { letters, sent } = setUp('abcd')
    const told = vi.fn()
    letters.on('redriven', told)
    const report = await letters.redrive({ filter: ({ item }) => item !== 'b' })
    expect(report).toEqual({ redriven: 3, refused: 0, skipped: 1, remaining: 1, ended: 'done' })
    expect(sent).toEqual(['a', 'c', 'd'])
    expect(told.mock.calls.map(([{ item }]) => item as string)).toEqual(['a', 'c', 'd'])
    expect(letters.snapshot()).toMatchObject({ size: 1, added: 4, taken: 3, redriven: 3, redrives: 0 })
  })

  it('leaves what comes in meanwhile for the next time', async () => {
    const { letters, sent } = setUp('ab')
    const into = (item: string): boolean => {
      if (sent.length < 5) die(letters, `${item}'`)
      return sent.push(item) > 0
    }
    expect(await letters.redrive({ into })).toMatchObject({ redriven: 2, remaining: 2 })
    expect(items(letters)).toEqual(["a'", "b'"])
  })

  it('keeps its pace: the first at once, each other one no sooner than the spacing after the one before', async () => {
    const { clock, letters, log } = setUp('abcd')
    const running = letters.redrive({ perSecond: 4 })
    await clock.advanceAsync(10_000)
    expect(log).toEqual([
      [0, 'a'],
      [250, 'b'],
      [500, 'c'],
      [750, 'd'],
    ])
    expect(await running).toMatchObject({ redriven: 4, ended: 'done' })
    expect(clock.pendingTimers).toBe(0)
  })

  it('makes up for no delay with a burst', async () => {
    const { clock, letters, log } = setUp('abcd')
    const into = async (item: string): Promise<boolean> => {
      log.push([clock.now(), item])
      if (item === 'b') await new Promise<void>((resolve) => clock.schedule(1_000, resolve))
      return true
    }
    void letters.redrive({ into, perSecond: 10 })
    await clock.advanceAsync(5_000)
    expect(log).toEqual([
      [0, 'a'],
      [100, 'b'],
      [1_100, 'c'],
      [1_200, 'd'],
    ])
  })

  it('skips a letter taken out while it waited for its time, without losing a turn', async () => {
    const { clock, letters, log } = setUp('abc')
    const running = letters.redrive({ perSecond: 1 })
    await clock.advanceAsync(500)
    letters.take(2)
    await clock.advanceAsync(5_000)
    expect(log).toEqual([
      [0, 'a'],
      [1_000, 'c'],
    ])
    expect(await running).toMatchObject({ redriven: 2, remaining: 0 })
  })

  it('needs a target, its own or one of the queue', async () => {
    const { letters } = setUp('a', { into: undefined })
    await expect(letters.redrive()).rejects.toThrow(
      new TypeError('into must be given, to the redrive or to the dead-letter queue'),
    )
    expect(await letters.redrive({ into: { offer: () => true } })).toMatchObject({ redriven: 1 })
  })

  it.each([
    [{ perSecond: 0 }, RangeError],
    [{ perSecond: Number.NaN }, RangeError],
    [{ filter: 'all' }, TypeError],
    [{ poison: 'yes' }, RangeError],
    [{ whenFull: 'drop' }, RangeError],
    [{ signal: {} }, TypeError],
    [{ into: null }, TypeError],
  ])('refuses the options %j, and sends nothing', async (options, error) => {
    const { letters, sent } = setUp('a')
    await expect(letters.redrive(options as unknown as RedriveOptions<string>)).rejects.toThrow(error)
    expect(sent).toEqual([])
  })
})

describe('a redrive into a full target', () => {
  it('ends there and keeps the rest', async () => {
    const { letters } = setUp('abcd')
    const report = await letters.redrive({ into: target(2), whenFull: 'stop' })
    expect(report).toEqual({ redriven: 2, refused: 1, skipped: 0, remaining: 2, ended: 'full' })
    expect(items(letters)).toEqual(['c', 'd'])
  })

  it('goes on with the next one', async () => {
    const { letters, sent } = setUp('abcd')
    const into = (item: string): boolean => item !== 'b' && sent.push(item) > 0
    const report = await letters.redrive({ into, whenFull: 'skip' })
    expect(report).toEqual({ redriven: 3, refused: 1, skipped: 0, remaining: 1, ended: 'done' })
    expect(items(letters)).toEqual(['b'])
  })

  it('offers again every 100 ms where it can only offer', async () => {
    const { clock, letters } = setUp('abc')
    const into = target(1, clock)
    const running = letters.redrive({ into })
    await clock.advanceAsync(250)
    expect(letters.take(2)?.item).toBe('b')
    into.room = 9
    await clock.advanceAsync(100)
    expect(into.taken).toEqual(['a@0', 'c@300'])
    expect(await running).toMatchObject({ redriven: 2, refused: 0, ended: 'done' })
    expect(clock.pendingTimers).toBe(0)
  })

  it('takes an error that says so for a refusal', async () => {
    const { letters } = setUp('a')
    expect(await letters.redrive({ into: { offer: isFull }, whenFull: 'stop' })).toMatchObject({
      ended: 'full',
      remaining: 1,
    })
  })

  it('waits in put, and keeps its distance after the wait too', async () => {
    const { clock, letters } = setUp('abc')
    const queue = new PullQueue<string>({ clock, timers: clock, capacity: 1 })
    const running = letters.redrive({ into: queue, perSecond: 10 })
    await clock.advanceAsync(1_000)
    expect([queue.depth, letters.size]).toEqual([1, 2])
    expect(queue.poll()).toBe('a')
    await settle()
    expect(queue.poll()).toBe('b')
    await clock.advanceAsync(99)
    expect(queue.depth).toBe(0)
    await clock.advanceAsync(1)
    expect(queue.poll()).toBe('c')
    expect(await running).toMatchObject({ redriven: 3, remaining: 0, ended: 'done' })
  })

  it('loses nothing when the target closes while it waits', async () => {
    const { letters } = setUp('ab')
    const queue = new PullQueue<string>({ capacity: 1 })
    const running = letters.redrive({ into: queue })
    await settle()
    queue.close()
    const report = await running
    expect(report).toMatchObject({ redriven: 1, remaining: 1, ended: 'failed' })
    expect(report.error).toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
    expect([...items(letters), queue.poll()]).toEqual(['b', 'a'])
  })
})

describe('a redrive that is aborted', () => {
  it('sends nothing when it was aborted before', async () => {
    const { letters, sent } = setUp('ab')
    const report = await letters.redrive({ signal: AbortSignal.abort() })
    expect(report).toEqual({ redriven: 0, refused: 0, skipped: 0, remaining: 2, ended: 'aborted' })
    expect(sent).toEqual([])
  })

  it('ends at once while it waits for its time', async () => {
    const { clock, letters, sent } = setUp('abc')
    const abort = new AbortController()
    const running = letters.redrive({ perSecond: 1, signal: abort.signal })
    await clock.advanceAsync(1_500)
    abort.abort()
    expect(await running).toMatchObject({ redriven: 2, remaining: 1, ended: 'aborted' })
    expect([sent, clock.pendingTimers]).toEqual([['a', 'b'], 0])
  })

  it('ends while it waits for room, and the item is in one place', async () => {
    const { letters } = setUp('ab')
    const queue = new PullQueue<string>({ capacity: 1 })
    const abort = new AbortController()
    const running = letters.redrive({ into: queue, signal: abort.signal })
    await settle()
    abort.abort(new Error('enough'))
    expect(await running).toEqual({ redriven: 1, refused: 0, skipped: 0, remaining: 1, ended: 'aborted' })
    expect([queue.depth, queue.snapshot().waitingProducers, items(letters)]).toEqual([1, 0, ['b']])
    expect(letters.take(2)?.item).toBe('b')
  })

  it('waits for the answer to what is being offered', async () => {
    const { letters } = setUp('ab')
    const answer = Promise.withResolvers<boolean>()
    const abort = new AbortController()
    const running = letters.redrive({ into: () => answer.promise, signal: abort.signal })
    await settle()
    abort.abort()
    await settle()
    expect(letters.size).toBe(2)
    answer.resolve(true)
    expect(await running).toMatchObject({ redriven: 1, remaining: 1, ended: 'aborted' })
  })

  it('leaves no listener on the signal', async () => {
    const { letters } = setUp('ab')
    const { signal } = new AbortController()
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
    await letters.redrive({ signal })
    expect(add).toHaveBeenCalledTimes(1)
    expect(remove).toHaveBeenCalledTimes(1)
  })

  it('ends with stop() and with dispose, which leave the queue usable', async () => {
    const { clock, letters } = setUp('abc')
    const running = letters.redrive({ perSecond: 1 })
    await settle()
    expect(letters.snapshot().redrives).toBe(1)
    letters.stop()
    expect(await running).toMatchObject({ redriven: 1, ended: 'aborted' })
    const second = letters.redrive({ perSecond: 1 })
    letters[Symbol.dispose]()
    expect(await second).toMatchObject({ ended: 'aborted' })
    expect(clock.pendingTimers).toBe(0)
    expect(await letters.redrive()).toMatchObject({ ended: 'done', remaining: 0 })
  })
})

describe('a redrive with callbacks that throw', () => {
  it('keeps the letter that the target threw at, and reports the error', async () => {
    const { letters } = setUp('ab')
    const error = new Error('down')
    const report = await letters.redrive({ into: () => Promise.reject(error) })
    expect(report).toEqual({ redriven: 0, refused: 0, skipped: 0, remaining: 2, ended: 'failed', error })
    expect(letters.take(1)?.item).toBe('a')
  })

  it('reports what the filter throws', async () => {
    const { letters } = setUp('ab')
    expect(await letters.redrive({ filter: broken })).toMatchObject({ ended: 'failed', error: new Error('bad filter') })
  })

  it('passes letter and signal to a function', async () => {
    const { letters } = setUp('a')
    const into = vi.fn(() => true)
    const letter = letters.get(1)
    await letters.redrive({ into })
    expect(into).toHaveBeenCalledExactlyOnceWith('a', { letter, signal: expect.any(AbortSignal) as AbortSignal })
  })
})

describe('two redrives at once', () => {
  it('never send one twice', async () => {
    const { letters, sent } = setUp('abcde')
    const into = async (item: string): Promise<boolean> => {
      await Promise.resolve()
      return sent.push(item) > 0
    }
    const runs = [letters.redrive({ into }), letters.redrive({ into })]
    expect(letters.take(1)).toBeUndefined()
    const reports = await Promise.all(runs)
    expect(sent.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(reports.reduce((sum, { redriven }) => sum + redriven, 0)).toBe(5)
    expect(letters.size).toBe(0)
  })
})

describe('with a full dead-letter queue', () => {
  it('never drops the letter that is being sent back', async () => {
    const { letters } = setUp('ab', { capacity: 2 })
    const answer = Promise.withResolvers<boolean>()
    const running = letters.redrive({ into: () => answer.promise, whenFull: 'stop' })
    await settle()
    die(letters, 'c')
    die(letters, 'd')
    expect(items(letters)).toEqual(['a', 'c', 'd'])
    answer.resolve(false)
    await running
    expect(items(letters)).toEqual(['a', 'c', 'd'])
    die(letters, 'e')
    expect(items(letters)).toEqual(['d', 'e'])
    expect(letters.snapshot()).toMatchObject({ added: 5, dropped: 3, size: 2 })
  })

  it('keeps an item that dies again before its target has answered', async () => {
    const { letters } = setUp('a', { capacity: 1 })
    const into = async (item: string): Promise<boolean> => {
      die(letters, item, 'down again')
      await Promise.resolve()
      return true
    }
    expect(await letters.redrive({ into })).toMatchObject({ redriven: 1, remaining: 1 })
    expect(letters.list()).toMatchObject([{ id: 2, item: 'a', redrives: 1, errors: ['down', 'down again'] }])
    expect(letters.snapshot()).toMatchObject({ added: 2, dropped: 0, taken: 1 })
  })
})

describe('with a queue and a pool', () => {
  it('lets go of a letter the moment the queue has admitted its item', async () => {
    const queue = new PullQueue<string>()
    const { letters } = setUp('a', { into: queue })
    const running = letters.redrive()
    expect([queue.depth, letters.size]).toEqual([1, 0])
    expect(await running).toMatchObject({ redriven: 1 })
  })

  it('sends an item through the whole line again', async () => {
    const clock = new ManualClock()
    let isDown = true
    const queue = new PullQueue<string>({ clock, timers: clock })
    const letters = new DeadLetterQueue<string>({ clock, timers: clock, wallNow: () => clock.now(), into: queue })
    const pool = new WorkerPool<string, void>({ source: queue, clock, timers: clock, deadLetters: letters }, () => {
      if (isDown) throw new Error('down')
    })
    queue.offer('a')
    queue.offer('b')
    await clock.advanceAsync(0)
    expect(await letters.redrive()).toMatchObject({ redriven: 2 })
    await clock.advanceAsync(0)
    expect(letters.list()).toMatchObject([
      { item: 'a', redrives: 1, poison: true, attempts: 2 },
      { item: 'b', redrives: 1, poison: true, attempts: 2 },
    ])
    isDown = false
    expect(await letters.redrive()).toMatchObject({ redriven: 0, skipped: 2 })
    expect(await letters.redrive({ poison: 'include' })).toMatchObject({ redriven: 2, remaining: 0 })
    await clock.advanceAsync(0)
    expect(pool.snapshot()).toMatchObject({ processed: 2 })
    expect(letters.snapshot()).toMatchObject({ remembered: 0, size: 0 })
    await pool.stop()
  })
})
