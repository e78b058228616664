import { describe, expect, it, vi } from 'vitest'
import { SafeEmitter } from './emitter.ts'
import { settle } from './manual-clock.ts'

interface Events {
  open: [reason: string, count: number]
  close: []
}

function observed() {
  const errors: unknown[] = []
  const emitter = new SafeEmitter<Events>((error, event) => errors.push([event, error]))
  return { emitter, errors }
}

describe('SafeEmitter', () => {
  it('calls the listeners in the order they were added, with all arguments', () => {
    const { emitter } = observed()
    const calls: unknown[] = []
    emitter.on('open', (reason, count) => calls.push(['first', reason, count]))
    emitter.on('open', (reason) => calls.push(['second', reason]))
    emitter.emit('open', 'failures', 5)
    expect(calls).toEqual([
      ['first', 'failures', 5],
      ['second', 'failures'],
    ])
  })

  it('removes exactly the listener that was added, once', () => {
    const { emitter } = observed()
    const listener = vi.fn()
    const removeFirst = emitter.on('close', listener)
    emitter.on('close', listener)
    removeFirst()
    removeFirst()
    emitter.emit('close')
    expect(listener).toHaveBeenCalledTimes(1)
    expect(emitter.has('close')).toBe(true)
    expect(emitter.has('open')).toBe(false)
  })

  it('reports what a listener throws and still calls the others', () => {
    const { emitter, errors } = observed()
    const other = vi.fn()
    const failure = new Error('listener')
    emitter.on('close', () => {
      throw failure
    })
    emitter.on('close', other)
    expect(() => emitter.emit('close')).not.toThrow()
    expect(other).toHaveBeenCalledOnce()
    expect(errors).toEqual([['close', failure]])
  })

  it('reports the rejection of an async listener', async () => {
    const { emitter, errors } = observed()
    const failure = new Error('later')
    // oxlint-disable-next-line typescript/no-misused-promises -- users do this; it must not crash the process
    emitter.on('close', async () => {
      throw failure
    })
    emitter.emit('close')
    await settle()
    expect(errors).toEqual([['close', failure]])
  })

  it('prints the error when the handler of listener errors throws too', () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    const emitter = new SafeEmitter<Events>(() => {
      throw new Error('handler')
    })
    emitter.on('close', () => {
      throw new Error('listener')
    })
    expect(() => emitter.emit('close')).not.toThrow()
    expect(print).toHaveBeenCalledOnce()
    print.mockRestore()
  })

  it('refuses a listener that is no function', () => {
    const { emitter } = observed()
    expect(() => emitter.on('close', undefined as never)).toThrow(
      new TypeError('listener of "close" must be a function, got undefined'),
    )
  })
})
