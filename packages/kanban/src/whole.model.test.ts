import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type OfferOptions, PullQueue, type Settlement, WorkerPool } from './index.ts'

const CAPACITY = 4
const MOST_WORKERS = 4
const CLASSES = ['expedite', 'standard'] as const
const TENANTS = ['ann', 'ben', 'cleo'] as const

interface Item {
  readonly id: number
  readonly tenant: (typeof TENANTS)[number]
  readonly class: (typeof CLASSES)[number]
}

/** What the queue and the pool have told of one item. */
interface Story {
  readonly item: Item
  /** When it was let in, counted over all items; `undefined` as long as it is not. */
  admitted: number | undefined
  handedOut: boolean
  readonly settlements: Settlement[]
  /** How often the promise of a submitted item has settled; `undefined` where there is none. */
  answers: number | undefined
}

type Fate = 'return' | 'throw' | 'resolve' | 'reject' | 'hang'

/**
 * A queue and a pool that users hurry, with a scheduler that decides who comes next: each of several users does one thing
 * after the other, and handlers settle when the scheduler lets them.
 */
class Whole {
  readonly clock = new ManualClock()
  readonly stories: Story[] = []
  readonly queue: PullQueue<Item>
  readonly pool: WorkerPool<Item, number>
  readonly #scheduler: fc.Scheduler
  readonly #fates: Iterator<Fate>
  readonly #aborts: AbortController[] = []
  #admissions = 0
  running = 0
  /** By how many those that ran were more than the workers as one began. */
  tooMany = 0
  /** Of each class and tenant: the place of the last that was handed out for the first time. */
  readonly #last = new Map<string, number>()
  readonly outOfOrder: Item[] = []
  #deadLetters = 0

  constructor(scheduler: fc.Scheduler, fates: readonly Fate[], isFair: boolean) {
    this.#scheduler = scheduler
    this.#fates = endless(fates)
    const { clock } = this
    this.queue = new PullQueue<Item>({
      clock,
      timers: clock,
      capacity: CAPACITY,
      classes: CLASSES,
      ...(isFair ? { fairBy: (item: Item) => item.tenant } : {}),
    })
    this.pool = new WorkerPool<Item, number>(
      {
        source: this.queue,
        clock,
        timers: clock,
        workers: 2,
        attempts: 2,
        timeoutMs: 50,
        backoff: { baseMs: 10, jitterRatio: 0 },
        deadLetters: { add: () => void this.#deadLetters++ },
      },
      (item, { attempt, signal }) => {
        if (attempt === 1) this.#handedOut(item)
        this.running++
        this.tooMany = Math.max(this.tooMany, this.pool.busy - this.pool.workers)
        return this.#handle(item, signal)
      },
    )
  }

  offer(item: Item): void {
    const story = this.#begin(item)
    this.queue.offer(item, this.#optionsFor(story))
  }

  async put(item: Item): Promise<void> {
    const story = this.#begin(item)
    await this.queue.put(item, { ...this.#optionsFor(story), signal: this.#signal() }).catch(() => {})
  }

  submit(item: Item, whenFull: 'reject' | 'wait'): void {
    const story = this.#begin(item)
    story.answers = 0
    // It tells nothing of its admission, which is now, never, or, if it waits, nobody knows when.
    if (whenFull === 'reject') story.admitted = this.#admissions++
    const answered = (): void => void story.answers!++
    this.pool.submit(item, { class: item.class, whenFull, signal: this.#signal() }).then(answered, answered)
  }

  take(): void {
    this.queue.take({ signal: this.#signal() }).then(
      () => {},
      () => {},
    )
  }

  abort(n: number): void {
    this.#aborts[n % Math.max(1, this.#aborts.length)]?.abort(new Error('enough'))
  }

  /** What must hold between any two steps. */
  check(): void {
    const queue = this.queue.snapshot()
    const pool = this.pool.snapshot()
    const gone =
      queue.acked + queue.deadLettered + queue.dropped + queue.expired + queue.withdrawn + (queue.cleared ?? 0)
    expect(queue.admitted).toBe(queue.depth + queue.leased + gone)
    expect(queue.depth).toBeLessThanOrEqual(CAPACITY + MOST_WORKERS)
    const fresh = this.stories.filter(
      ({ admitted, handedOut, settlements, answers }) =>
        admitted !== undefined && !handedOut && settlements.length === 0 && answers === undefined,
    )
    expect(fresh.length).toBeLessThanOrEqual(CAPACITY)
    expect(this.tooMany).toBe(0)
    expect(pool.busy).toBe(this.running)
    expect(queue.leased).toBeLessThanOrEqual(pool.busy)
    expect(pool.failed).toBe(pool.retried + pool.deadLettered)
    expect(this.#deadLetters).toBe(pool.deadLettered)
    expect(pool.submitted).toBe(this.stories.filter(({ answers }) => answers === 0).length)
    expect(this.outOfOrder).toEqual([])
    for (const { settlements, answers } of this.stories) {
      expect(settlements.length).toBeLessThanOrEqual(1)
      expect(answers ?? 0).toBeLessThanOrEqual(1)
    }
  }

  #begin(item: Item): Story {
    const story: Story = { item, admitted: undefined, handedOut: false, settlements: [], answers: undefined }
    this.stories.push(story)
    return story
  }

  #optionsFor(story: Story): OfferOptions {
    return {
      class: story.item.class,
      receipt: {
        admitted: () => {
          story.admitted = this.#admissions++
        },
        settled: (how) => {
          // Taken for good: this was its handing out.
          if (how === 'acked' && !story.handedOut) this.#handedOut(story.item)
          story.settlements.push(how)
        },
      },
    }
  }

  #handedOut(item: Item): void {
    const story = this.stories[item.id] as Story
    story.handedOut = true
    if (story.admitted === undefined) return
    const line = `${item.class} ${item.tenant}`
    if (story.admitted < (this.#last.get(line) ?? -1)) this.outOfOrder.push(item)
    this.#last.set(line, story.admitted)
  }

  #handle(item: Item, signal: AbortSignal): number | Promise<number> {
    const fate = this.#fates.next().value as Fate
    const ended = (): void => void this.running--
    if (fate === 'return' || fate === 'throw') {
      ended()
      if (fate === 'throw') throw new Error('no')
      return item.id
    }
    if (fate === 'hang') {
      return new Promise((_, reject) => {
        const give = (): void => {
          ended()
          reject(signal.reason)
        }
        // Heeds its signal, and nothing else.
        if (signal.aborted) give()
        else signal.addEventListener('abort', () => queueMicrotask(give), { once: true })
      })
    }
    return this.#scheduler.schedule(Promise.resolve(), `${fate} ${item.id}`).then(() => {
      ended()
      if (fate === 'reject') throw new Error('no')
      return item.id
    })
  }

  #signal(): AbortSignal {
    const abort = new AbortController()
    this.#aborts.push(abort)
    return abort.signal
  }
}

function* endless<V>(values: readonly V[]): Generator<V> {
  for (let index = 0; ; index++) yield values[index % values.length] as V
}

type Step = readonly [name: string, run: (whole: Whole, id: number) => unknown]

const itemOf = fc.record({ tenant: fc.constantFrom(...TENANTS), class: fc.constantFrom(...CLASSES) })

const step: fc.Arbitrary<Step> = fc.oneof(
  itemOf.map((item): Step => ['offer', (whole, id) => whole.offer({ id, ...item })]),
  itemOf.map((item): Step => ['put', (whole, id) => void whole.put({ id, ...item })]),
  itemOf.map((item): Step => ['submit', (whole, id) => whole.submit({ id, ...item }, 'reject')]),
  itemOf.map((item): Step => ['submit and wait', (whole, id) => whole.submit({ id, ...item }, 'wait')]),
  fc.constant<Step>(['take', (whole) => whole.take()]),
  fc.nat().map((n): Step => [`abort ${n}`, (whole) => whole.abort(n)]),
  fc.integer({ min: 1, max: 60 }).map((ms): Step => [`advance ${ms}`, ({ clock }) => clock.advance(ms)]),
  fc.integer({ min: 1, max: MOST_WORKERS }).map((n): Step => [`resize ${n}`, ({ pool }) => pool.resize(n)]),
  fc.constant<Step>(['pause', ({ pool }) => pool.pause()]),
  fc.constant<Step>(['resume', ({ pool }) => pool.resume()]),
  fc.nat(30).map((n): Step => [`close? ${n}`, ({ queue }) => (n === 0 ? queue.close() : undefined)]),
)

const users = fc.array(fc.array(step, { maxLength: 25, size: 'max' }), { minLength: 1, maxLength: 3, size: 'max' })
const fates = fc.array(fc.constantFrom<Fate>('return', 'throw', 'resolve', 'reject', 'hang'), { minLength: 1 })

/** Lets all end that has begun. */
async function finish(whole: Whole, scheduler: fc.Scheduler): Promise<void> {
  const { clock, pool, queue } = whole
  pool.resume()
  queue.close()
  for (let round = 0; round < 200 && (queue.depth > 0 || pool.busy > 0); round++) {
    await scheduler.waitIdle()
    await clock.advanceAsync(10)
  }
}

it('loses nothing, keeps order, runs no more than it may, and settles everything once, in whatever order things happen', async () => {
  let present: Whole | undefined
  const act = async (next: () => Promise<void>): Promise<void> => {
    await next()
    await settle()
    present?.check()
  }
  await fc.assert(
    fc.asyncProperty(fc.scheduler({ act }), users, fates, fc.boolean(), async (scheduler, doings, ends, isFair) => {
      const whole = new Whole(scheduler, ends, isFair)
      present = whole
      for (const steps of doings) {
        scheduler.scheduleSequence(
          steps.map(([label, run]) => ({ label, builder: async () => void run(whole, whole.stories.length) })),
        )
      }
      await scheduler.waitIdle()
      await finish(whole, scheduler)
      expect(whole.queue.snapshot()).toMatchObject({ depth: 0, leased: 0, waitingProducers: 0, waitingConsumers: 0 })
      const stopped = whole.pool.stop({ graceMs: 0 })
      await settle()
      expect(await stopped).toEqual([])
      whole.check()
      for (const { admitted, settlements, answers } of whole.stories) {
        expect(answers ?? 1).toBe(1)
        if (answers === undefined) expect(settlements).toHaveLength(admitted === undefined ? 0 : 1)
      }
      expect(whole.clock.pendingTimers).toBe(0)
    }),
    { numRuns: 150 },
  )
})
