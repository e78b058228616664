import { guardedRandom } from './callbacks.ts'
import type { Lane } from './lane.ts'
import type { Settings } from './options.ts'

/** Chooses one of `lanes`, of which there is at least one, for new work. */
export type Chooser = <T>(lanes: readonly Lane<T>[]) => Lane<T>

/** The way of choosing that the settings name. */
export function chooserOf<T>(settings: Settings<T>): Chooser {
  const { assign } = settings
  if (assign === 'least-loaded') return leastLoaded()
  return assign === 'round-robin' ? roundRobin() : powerOfTwo(guardedRandom(settings))
}

function leastLoaded(): Chooser {
  let last = -1
  return (lanes) => {
    // Ties go to the next in turn, so that idle workers get work by turns.
    let best = at(lanes, last + 1)
    for (let step = 2; step <= lanes.length; step++) {
      const lane = at(lanes, last + step)
      if (lane.load < best.load) best = lane
    }
    last = best.index
    return best
  }
}

function roundRobin(): Chooser {
  let last = -1
  return (lanes) => {
    last = (last + 1) % lanes.length
    return at(lanes, last)
  }
}

function powerOfTwo(random: () => number): Chooser {
  const draw = (below: number): number => Math.floor(random() * below)
  return (lanes) => {
    const first = draw(lanes.length)
    const one = at(lanes, first)
    if (lanes.length === 1) return one
    const other = at(lanes, first + 1 + draw(lanes.length - 1))
    return other.load < one.load ? other : one
  }
}

function at<T>(lanes: readonly Lane<T>[], index: number): Lane<T> {
  return lanes[index % lanes.length] as Lane<T>
}
