import { type ListenerErrorHandler, printListenerError } from '@tps/internal'
import type { Settings } from './options.ts'

/** What the user's callbacks say of one item. */
export interface Traits {
  readonly weight: number
  readonly isSlow: boolean
  readonly key: unknown
}

const PLAIN: Traits = { weight: 1, isSlow: false, key: undefined }

/** How much a known duration changes what is taken for those that aren't. */
const NEWEST_SHARE = 1 / 16

/**
 * Asks the user's callbacks about an item, so that what they throw or wrongly answer can't refuse it: then it has an
 * average duration, is fast, has no key, and the error goes to `onListenerError`.
 */
export function interviewer<T>(settings: Settings<T>): (item: T) => Traits {
  const { durationOf, keyBy, strategy, onListenerError } = settings
  // Lanes don't tell fast from slow.
  const classify = strategy === 'shared' ? settings.classify : undefined
  if (!durationOf && !keyBy && !classify) return () => PLAIN
  const ask = <A>(option: string, otherwise: A, question: () => A): A =>
    guarded(onListenerError, option, otherwise, question)
  const weigh = durationOf && weigherOf((item: T) => ask('durationOf', undefined, () => checkMs(durationOf(item))))
  return (item) => ({
    weight: weigh ? weigh(item) : 1,
    isSlow: classify ? ask('classify', false, () => isSlow(classify(item))) : false,
    key: keyBy ? ask('keyBy', undefined, () => keyBy(item)) : undefined,
  })
}

/** `random`, which then returns 0 where it throws or leaves [0, 1). */
export function guardedRandom<T>({ random, onListenerError }: Settings<T>): () => number {
  return () => guarded(onListenerError, 'random', 0, () => checkDraw(random()))
}

/** What `question` answers; `otherwise`, where it throws, and then `handler` hears of it as an error of `option`. */
export function guarded<A>(handler: ListenerErrorHandler, option: string, otherwise: A, question: () => A): A {
  try {
    return question()
  } catch (error) {
    report(handler, error, option)
    return otherwise
  }
}

/** Whether a classifier's answer is "slow". Throws where it is no answer. */
export function isSlow(answer: 'fast' | 'slow'): boolean {
  if (answer === 'fast' || answer === 'slow') return answer === 'slow'
  throw new RangeError(`classify must return "fast" or "slow", got ${String(answer)}`)
}

/** Items of unknown duration weigh as much as those known of late do on average, or 1 before there are any. */
function weigherOf<T>(durationOf: (item: T) => number | undefined): (item: T) => number {
  let average: number | undefined
  return (item) => {
    const ms = durationOf(item)
    if (ms === undefined) return average ?? 1
    average = average === undefined ? ms : average + (ms - average) * NEWEST_SHARE
    return ms
  }
}

function checkDraw(draw: number): number {
  if (draw >= 0 && draw < 1) return draw
  throw new RangeError(`random must return a number in [0, 1), got ${String(draw)}`)
}

function checkMs(ms: number | undefined): number | undefined {
  if (ms === undefined || (Number.isFinite(ms) && ms >= 0)) return ms
  throw new RangeError(`durationOf must return a finite number in [0, ∞) or undefined, got ${String(ms)}`)
}

function report(handler: ListenerErrorHandler, error: unknown, option: string): void {
  try {
    handler(error, option)
  } catch (second) {
    printListenerError(second, option)
  }
}
