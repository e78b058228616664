import { expect, expectTypeOf, it } from 'vitest'
import { type Policy, bulkhead, compose, fallback, retry } from './index.ts'

const down = new Error('down')
const fail = () => Promise.reject<number>(down)

it('gives the substitute for an error, and values as they are', async () => {
  const policy = fallback((error) => `instead of ${String(error)}`)
  await expect(policy.execute(fail)).resolves.toBe('instead of Error: down')
  await expect(
    policy.execute(() => {
      throw down
    }),
  ).resolves.toBe('instead of Error: down')
  await expect(policy.execute(() => 1)).resolves.toBe(1)
  expect(policy.snapshot()).toEqual({ name: 'fallback', totals: { calls: 3, replaced: 2, failed: 0 } })
})

it('may wait for the substitute, with the signal of the caller', async () => {
  const { signal } = new AbortController()
  const policy = fallback({ substitute: async (_error, context) => context.signal === signal })
  await expect(policy.execute(fail, { signal })).resolves.toBe(true)
})

it('gives the error of a substitute that fails', async () => {
  const second = new Error('second')
  const policy = fallback(() => {
    throw second
  })
  await expect(policy.execute(fail)).rejects.toBe(second)
  expect(policy.snapshot().totals).toEqual({ calls: 1, replaced: 1, failed: 1 })
})

it('leaves errors alone that it does not handle', async () => {
  const policy = fallback({ substitute: () => 0, handles: (error) => error !== down })
  await expect(policy.execute(fail)).rejects.toBe(down)
  await expect(policy.execute(() => Promise.reject(new Error('other')))).resolves.toBe(0)
})

it('replaces the error when handles throws, which is reported', async () => {
  const reported: unknown[] = []
  const policy = fallback({
    substitute: () => 0,
    handles: () => {
      throw down
    },
    onListenerError: (error, source) => reported.push(error, source),
  })
  await expect(policy.execute(fail)).resolves.toBe(0)
  expect(reported).toEqual([down, 'handles'])
})

it('replaces nothing once the caller has aborted', async () => {
  const controller = new AbortController()
  const policy = fallback(() => 0)
  const call = policy.execute(
    async () => {
      controller.abort()
      throw down
    },
    { signal: controller.signal },
  )
  await expect(call).rejects.toBe(down)
  await expect(policy.execute(() => 1, { signal: controller.signal })).rejects.toBe(controller.signal.reason)
})

it('tells of each error that is replaced', async () => {
  const events: unknown[] = []
  const policy = fallback(() => 0)
  policy.on('fallback', (event) => events.push(event))
  await policy.execute(fail)
  expect(events).toEqual([{ error: down }])
})

it('adds the type of the substitute to that of the result, through compose, too', async () => {
  const policy = fallback(() => 'none')
  const composed = compose(policy, retry({ attempts: 1 }), bulkhead({ limit: 1 }))
  const result = await composed.execute(fail)
  expectTypeOf(result).toEqualTypeOf<number | string>()
  expect(result).toBe('none')
  const nested = await compose(
    composed,
    fallback(() => undefined),
  ).execute(fail)
  expectTypeOf(nested).toEqualTypeOf<number | string | undefined>()
  const plain: Policy = compose(retry(), bulkhead({ limit: 1 }))
  expect(plain).toBeDefined()
  // @ts-expect-error Its result may be a string.
  const wrong: Policy = composed
  expect(wrong).toBe(composed)
})

it('refuses what is no function', () => {
  expect(() => fallback({ substitute: 1 as never })).toThrow('substitute must be a function, got 1')
})
