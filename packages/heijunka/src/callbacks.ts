import { type ListenerErrorHandler, printListenerError } from '@tps/internal'
import type { Settings } from './options.ts'

/** What the user's callbacks say of one item. */
export interface Traits {
  readonly weight: number
  readonly isSlow: boolean
  readonly key: unknown
}

const PLAIN: Traits = { weight: 1, isSlow: false, key: undefined }

/**
 * Asks the user's callbacks about an item, so that what they throw or wrongly answer can't refuse it: then it counts as
 * 1, is fast, has no key, and the error goes to `onListenerError`.
 */
export function interviewer<T>(settings: Settings<T>): (item: T) => Traits {
  const { weigh, keyBy, strategy, onListenerError } = settings
  // Lanes don't tell fast from slow.
  const classify = strategy === 'shared' ? settings.classify : undefined
  if (!weigh && !keyBy && !classify) return () => PLAIN
  const ask = <A>(option: string, otherwise: A, question: () => A): A =>
    guarded(onListenerError, option, otherwise, question)
  return (item) => ({
    weight: weigh ? ask('weighBy', 1, () => checkWeight(weigh(item))) : 1,
    isSlow: classify ? ask('classify', false, () => checkClass(classify(item)) === 'slow') : false,
    key: keyBy ? ask('keyBy', undefined, () => keyBy(item)) : undefined,
  })
}

/** `random`, which then returns 0 where it throws or leaves [0, 1). */
export function guardedRandom<T>({ random, onListenerError }: Settings<T>): () => number {
  return () => guarded(onListenerError, 'random', 0, () => checkDraw(random()))
}

function guarded<A>(handler: ListenerErrorHandler, option: string, otherwise: A, question: () => A): A {
  try {
    return question()
  } catch (error) {
    report(handler, error, option)
    return otherwise
  }
}

function checkDraw(draw: number): number {
  if (draw >= 0 && draw < 1) return draw
  throw new RangeError(`random must return a number in [0, 1), got ${String(draw)}`)
}

function checkWeight(weight: number): number {
  if (Number.isFinite(weight) && weight >= 0) return weight
  throw new RangeError(`weighBy must return a finite number in [0, ∞), got ${String(weight)}`)
}

function checkClass(answer: 'fast' | 'slow'): 'fast' | 'slow' {
  if (answer === 'fast' || answer === 'slow') return answer
  throw new RangeError(`classify must return "fast" or "slow", got ${String(answer)}`)
}

function report(handler: ListenerErrorHandler, error: unknown, option: string): void {
  try {
    handler(error, option)
  } catch (second) {
    printListenerError(second, option)
  }
}
