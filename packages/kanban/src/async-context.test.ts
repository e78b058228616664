import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { describe, expect, it, vi } from 'vitest'
import { type CaptureContext, PullQueue, WorkerPool } from './index.ts'

const requests = new AsyncLocalStorage<string>()

const CAPTURES: readonly [string, CaptureContext][] = [
  ['AsyncLocalStorage.snapshot', () => AsyncLocalStorage.snapshot()],
  [
    'AsyncResource.runInAsyncScope',
    () => {
      const resource = new AsyncResource('job')
      return (run) => resource.runInAsyncScope(run)
    },
  ],
  ['AsyncResource.bind', () => AsyncResource.bind((run: () => unknown) => run())],
]

describe.each(CAPTURES)('with %s', (_how, captureContext) => {
  it('runs each handler in the context of its submitter, also when it had to wait', async () => {
    const source = new PullQueue<number>()
    const held = Promise.withResolvers<void>()
    const pool = new WorkerPool({ source, captureContext }, async (item: number) => {
      if (item === 1) await held.promise
      await Promise.resolve()
      return requests.getStore()
    })
    const results = [1, 2, 3].map((item) => requests.run(`request ${item}`, () => pool.submit(item)))
    held.resolve()
    expect(await Promise.all(results)).toEqual(['request 1', 'request 2', 'request 3'])
    expect(requests.getStore()).toBeUndefined()
  })

  it('runs what nobody submitted where the pool was made', async () => {
    const source = new PullQueue<string>()
    const seen: unknown[] = []
    const pool = requests.run(
      'home',
      () => new WorkerPool({ source, captureContext }, () => void seen.push(requests.getStore())),
    )
    const submitted = requests.run('request', () => pool.submit('submitted'))
    requests.run('elsewhere', () => source.offer('offered'))
    await submitted
    await pool.drain()
    expect(seen).toEqual(['request', 'home'])
  })

  it('keeps the context through retries', async () => {
    const seen: unknown[] = []
    const source = new PullQueue<string>()
    const pool = new WorkerPool({ source, captureContext, attempts: 3, backoff: { baseMs: 0 } }, () => {
      seen.push(requests.getStore())
      throw new Error('no')
    })
    await expect(requests.run('request', () => pool.submit('a'))).rejects.toThrow('no')
    expect(seen).toEqual(['request', 'request', 'request'])
  })
})

it('leaves contexts alone by default', async () => {
  const pool = new WorkerPool({ source: new PullQueue<string>() }, () => requests.getStore())
  expect(await requests.run('request', () => pool.submit('a'))).toBe('request')
})

function broken(): never {
  throw new Error('capture')
}

describe('a capture function that misbehaves', () => {
  const cases: readonly [string, CaptureContext][] = [
    ['throws', broken],
    ['restores nothing', () => () => {}],
    ['throws when restoring', () => broken],
    [
      'throws after restoring',
      () => (run) => {
        run()
        broken()
      },
    ],
    [
      'restores twice',
      () => (run) => {
        run()
        run()
      },
    ],
  ]

  it.each(cases)('that %s changes no outcome', async (_how, captureContext) => {
    const onListenerError = vi.fn()
    const handler = vi.fn((item: string) => item)
    const pool = new WorkerPool({ source: new PullQueue<string>(), captureContext, onListenerError }, handler)
    expect(await pool.submit('a')).toBe('a')
    expect(handler).toHaveBeenCalledTimes(1)
    for (const [error, where] of onListenerError.mock.calls) {
      expect([error, where]).toEqual([new Error('capture'), 'captureContext'])
    }
  })

  it('passes on the handler’s own error', async () => {
    const pool = new WorkerPool({ source: new PullQueue<string>(), captureContext: () => (run) => run() }, () => {
      throw new TypeError('mine')
    })
    await expect(pool.submit('a')).rejects.toThrow(new TypeError('mine'))
  })
})
