import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it, vi } from 'vitest'
import { CircuitBreaker, compose } from './index.ts'

const source = new URL('index.ts', import.meta.url).href

/** Runs a program in a process of its own and returns what it prints. It has to end by itself. */
async function run(program: string): Promise<string> {
  const code = `import { CircuitBreaker } from ${JSON.stringify(source)}\n${program}`
  const flags = ['--expose-gc', '--conditions=@tps/source', '--input-type=module', '--eval', code]
  const { stdout } = await promisify(execFile)(process.execPath, flags, { timeout: 50_000 })
  return stdout.trim()
}

it('leaves no listener on a signal that accompanies 100,000 calls', { timeout: 60_000 }, async () => {
  const { signal } = new AbortController()
  const added = vi.spyOn(signal, 'addEventListener')
  const breaker = new CircuitBreaker()
  const policy = compose(breaker, new CircuitBreaker())
  for (let call = 0; call < 50_000; call++) {
    await breaker.execute(({ signal }) => signal.aborted, { signal })
    await policy.execute(({ signal }) => signal.aborted, { signal })
  }
  expect(breaker.snapshot().totals.success).toBe(100_000)
  expect(added).not.toHaveBeenCalled()
})

it('leaves no listener on a signal that accompanies 100,000 calls which wait', { timeout: 60_000 }, async () => {
  const { signal } = new AbortController()
  const added = vi.spyOn(signal, 'addEventListener')
  const removed = vi.spyOn(signal, 'removeEventListener')
  let now = 0
  const breaker = new CircuitBreaker({
    clock: { now: () => now },
    trip: { consecutiveFailures: 1 },
    probe: { overflow: 'wait', maxWaiting: 1_000 },
  })
  for (let round = 0; round < 100; round++) {
    breaker.tryAcquire()?.failure()
    now += 30_000
    const probe = breaker.tryAcquire()
    const calls = Array.from({ length: 1_000 }, () => breaker.execute(() => 1, { signal }))
    if (round % 2) probe?.success()
    else probe?.failure()
    await Promise.allSettled(calls)
    breaker.reset()
  }
  expect(added).toHaveBeenCalledTimes(100_000)
  expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener))
})

it('lets 100,000 breakers that nobody holds any more be collected', { timeout: 60_000 }, async () => {
  const collected = await run(`
    let collected = 0
    globalThis.registry = new FinalizationRegistry(() => collected++)
    for (let made = 0; made < 100_000; made++) {
      const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 1 } })
      breaker.on('open', () => {})
      breaker.tryAcquire()?.failure(new Error('down'))
      globalThis.registry.register(breaker)
    }
    for (let turn = 0; turn < 20 && collected < 100_000; turn++) {
      gc()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    console.log(collected)
  `)
  expect(Number(collected)).toBeGreaterThanOrEqual(99_990)
})

it('lets a process with 1,000 breakers end by itself, open and checking ones too', { timeout: 60_000 }, async () => {
  const ended = await run(`
    for (let made = 0; made < 1_000; made++) {
      const check = made % 2 ? () => new Promise(() => {}) : undefined
      const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 1 }, probe: { check, overflow: 'wait' } })
      globalThis['breaker' + made] = breaker
      breaker.tryAcquire()?.failure(new Error('down'))
    }
    console.log(globalThis.breaker999.state)
  `)
  expect(ended).toBe('open')
})
