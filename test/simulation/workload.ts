import type { Random } from './random.ts'

export type Class = 'fast' | 'slow'

/** One piece of work. */
export interface Job {
  readonly id: number
  readonly arrivedMs: number
  readonly serviceMs: number
  /** What it is. */
  readonly class: Class
  /** What it is taken for. */
  readonly label: Class
  /** What its duration can be learnt by. */
  readonly key: string
}

/** When jobs come: each call gives the next gap, in ms. */
export type Arrivals = (random: Random) => () => number

/** At random, `perMs` on average, each without regard to the others. */
export function poisson(perMs: number): Arrivals {
  return (random) => () => random.exponential(1 / perMs)
}

/**
 * By turns busy and quiet, for exponential times: `perMs` on average, `factor` times that when busy. A Poisson process
 * whose rate is switched by a Markov chain of two states.
 */
export function bursty(
  perMs: number,
  { factor, busyMs, quietMs }: Record<'factor' | 'busyMs' | 'quietMs', number>,
): Arrivals {
  const quietPerMs = (perMs * (busyMs + quietMs - factor * busyMs)) / quietMs
  if (quietPerMs < 0) throw new RangeError('factor is too high: nothing would be left for the quiet times')
  return (random) => {
    let isBusy = false
    let leftMs = random.exponential(quietMs)
    return () => {
      for (let gapMs = 0; ;) {
        const rate = isBusy ? factor * perMs : quietPerMs
        const nextMs = rate > 0 ? random.exponential(1 / rate) : Number.POSITIVE_INFINITY
        if (nextMs <= leftMs) {
          leftMs -= nextMs
          return gapMs + nextMs
        }
        gapMs += leftMs
        isBusy = !isBusy
        leftMs = random.exponential(isBusy ? busyMs : quietMs)
      }
    }
  }
}

/** As recorded: these gaps, over and over. */
export function trace(gapsMs: readonly number[]): Arrivals {
  return () => {
    let next = 0
    return () => gapsMs[next++ % gapsMs.length] as number
  }
}

/** What jobs there are. */
export interface Mix {
  readonly fastMs: number
  readonly slowMs: number
  readonly slowRatio: number
  /** How many jobs are taken for the other class. Default 0. */
  readonly mislabelledRatio?: number
  /** How many keys there are of each class. A key's jobs are all of its class. Default 10. */
  readonly keys?: number
}

/** Jobs one after another, with exponential durations: the same ones for the same seed. */
export function jobs(arrivals: Arrivals, mix: Mix, random: Random): () => Job {
  const { fastMs, slowMs, slowRatio, mislabelledRatio = 0, keys = 10 } = mix
  // Streams of their own, so that the same job comes at another load and with other labels.
  const [gaps, classes, durations, labels] = [random.fork(), random.fork(), random.fork(), random.fork()]
  const gap = arrivals(gaps)
  let id = 0
  let arrivedMs = 0
  return () => {
    arrivedMs += gap()
    const isSlow = classes.next() < slowRatio
    const isMislabelled = labels.next() < mislabelledRatio
    return {
      id: id++,
      arrivedMs,
      serviceMs: durations.exponential(isSlow ? slowMs : fastMs),
      class: isSlow ? 'slow' : 'fast',
      label: isSlow === isMislabelled ? 'fast' : 'slow',
      key: `${isSlow ? 'slow' : 'fast'} ${labels.below(keys)}`,
    }
  }
}
