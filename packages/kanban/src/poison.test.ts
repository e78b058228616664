import { describe, expect, it, vi } from 'vitest'
import { DeadLetterQueue, type DeadLetterQueueOptions, PullQueue } from './index.ts'

interface Order {
  readonly id: number
}

function make<T>(options: DeadLetterQueueOptions<T> = {}): DeadLetterQueue<T> {
  return new DeadLetterQueue<T>({ wallNow: () => 0, into: () => true, ...options })
}

function die<T>(letters: DeadLetterQueue<T>, item: T, error: unknown = 'down'): void {
  letters.add({ item, errors: [error], attempts: 2, firstAgeMs: 5 })
}

const noKey = (): never => {
  throw new Error('no id')
}

describe('an item that dies again after a redrive', () => {
  it.each([
    ['an object', { id: 7 }],
    ['a text', 'order 7'],
    ['a number', Number.NaN],
    ['nothing', undefined],
  ])('is recognised when it is %s: its letter goes on and is poison', async (_title, item) => {
    let nowMs = 1_000
    const letters = make<unknown>({ wallNow: () => nowMs })
    die(letters, item, 'first')
    await letters.redrive()
    nowMs = 5_000
    die(letters, item, 'second')
    expect(letters.list()).toEqual([
      {
        id: 2,
        item,
        errors: ['first', 'second'],
        attempts: 4,
        firstAt: 995,
        lastAt: 5_000,
        redrives: 1,
        poison: true,
      },
    ])
    expect(letters.snapshot()).toMatchObject({ size: 1, poison: 1, remembered: 0 })
  })

  it('is left out by the next redrive unless asked for', async () => {
    const letters = make<string>()
    die(letters, 'poison')
    await letters.redrive()
    die(letters, 'poison')
    die(letters, 'fresh')
    expect(await letters.redrive({ poison: 'only', filter: () => false })).toMatchObject({ redriven: 0, skipped: 2 })
    expect(await letters.redrive()).toMatchObject({ redriven: 1, skipped: 1, remaining: 1 })
    expect(letters.find(({ poison }) => poison)?.item).toBe('poison')
    expect(await letters.redrive({ poison: 'only' })).toMatchObject({ redriven: 1, skipped: 0, remaining: 0 })
    die(letters, 'poison')
    expect(letters.list()).toMatchObject([{ item: 'poison', redrives: 2, attempts: 6 }])
    expect(await letters.redrive({ poison: 'include' })).toMatchObject({ redriven: 1 })
  })

  it('is poison only after as many redrives as poisonAfter says', async () => {
    const letters = make<string>({ poisonAfter: 2 })
    die(letters, 'a')
    const seen: unknown[] = []
    for (let round = 0; round < 3; round++) {
      await letters.redrive({ poison: 'include' })
      die(letters, 'a')
      seen.push(letters.list().map(({ redrives, poison }) => [redrives, poison]))
    }
    expect(seen).toEqual([[[1, false]], [[2, true]], [[3, true]]])
  })

  it('is not recognised when it is another object, unless keyBy says that it is the same', async () => {
    const [plain, keyed] = [make<Order>(), make<Order>({ keyBy: ({ id }) => id })]
    for (const letters of [plain, keyed]) {
      die(letters, { id: 7 })
      await letters.redrive()
      die(letters, { id: 7 })
      die(letters, { id: 8 })
    }
    expect(plain.list().map(({ redrives }) => redrives)).toEqual([0, 0])
    expect(keyed.list().map(({ redrives }) => redrives)).toEqual([1, 0])
  })

  it('is not taken for one that was refused and never left', async () => {
    const letters = make<string>({ into: () => false })
    die(letters, 'a')
    await letters.redrive({ whenFull: 'stop' })
    die(letters, 'a')
    expect(letters.list().map(({ poison }) => poison)).toEqual([false, false])
  })

  it('is new when it was done in between, where the target says so', async () => {
    const queue = new PullQueue<string>()
    const letters = make<string>({ into: queue })
    die(letters, 'a')
    die(letters, 'b')
    await letters.redrive()
    expect(letters.snapshot().remembered).toBe(2)
    queue.tryLease()?.ack()
    queue.tryLease()?.deadLetter('down')
    expect(letters.snapshot().remembered).toBe(1)
    die(letters, 'a')
    die(letters, 'b')
    expect(letters.list().map(({ item, redrives }) => [item, redrives])).toEqual([
      ['a', 0],
      ['b', 1],
    ])
  })

  it('inherits once for each time it was sent', async () => {
    const letters = make<string>()
    die(letters, 'a', 'one')
    die(letters, 'a', 'two')
    await letters.redrive()
    for (const error of ['three', 'four', 'five']) die(letters, 'a', error)
    expect(letters.list().map(({ errors }) => errors)).toEqual([['one', 'three'], ['two', 'four'], ['five']])
  })
})

describe('what is remembered', () => {
  it('is bounded: the oldest are forgotten, counted, and pass for new', async () => {
    const letters = make<string>({ maxRemembered: 2 })
    for (const item of ['a', 'b', 'c']) die(letters, item)
    await letters.redrive()
    expect(letters.snapshot()).toMatchObject({ remembered: 2, forgotten: 1 })
    for (const item of ['a', 'b', 'c']) die(letters, item)
    expect(letters.list().map(({ redrives }) => redrives)).toEqual([0, 1, 1])
  })

  it('does not count objects without keyBy', async () => {
    const letters = make<Order>({ maxRemembered: 1 })
    const orders = [{ id: 1 }, { id: 2 }, { id: 3 }]
    for (const order of orders) die(letters, order)
    await letters.redrive()
    expect(letters.snapshot()).toMatchObject({ remembered: 0, forgotten: 0 })
    for (const order of orders) die(letters, order)
    expect(letters.snapshot()).toMatchObject({ poison: 3 })
  })

  it('goes by the item where keyBy throws, and the error is reported', async () => {
    const onListenerError = vi.fn()
    const letters = make<string>({ keyBy: noKey, onListenerError })
    die(letters, 'a')
    await letters.redrive()
    die(letters, 'a')
    expect(letters.list()).toMatchObject([{ redrives: 1 }])
    expect(onListenerError).toHaveBeenCalledWith(new Error('no id'), 'keyBy')
  })
})
