import {
  type Clock,
  type ListenerErrorHandler,
  type Timers,
  checkFunction,
  checkObject,
  printListenerError,
  systemTimers,
} from '@tps/internal'
import type { CircuitBreakerOptions } from './options.ts'

/** What ties a breaker to the world around it. */
export interface Surroundings {
  readonly clock: Clock
  readonly wallClock: Clock
  readonly timers: Timers
  readonly onListenerError: ListenerErrorHandler
}

// Looking it up costs half as much as asking it: a getter of the global object hands it out.
const { performance } = globalThis

/** Most breakers have the same. */
const PLATFORM: Surroundings = {
  clock: { now: () => performance.now() },
  wallClock: { now: () => Date.now() },
  timers: systemTimers,
  onListenerError: printListenerError,
}

/** Checks what ties a breaker to the world around it and fills in the defaults. */
export function checkSurroundings(options: CircuitBreakerOptions): Surroundings {
  const { clock, wallClock, timers, onListenerError } = options
  if (!clock && !wallClock && !timers && !onListenerError) return PLATFORM
  return {
    clock: checkObject('clock', clock ?? PLATFORM.clock, ['now']),
    wallClock: checkObject('wallClock', wallClock ?? PLATFORM.wallClock, ['now']),
    timers: checkObject('timers', timers ?? PLATFORM.timers, ['schedule']),
    onListenerError: checkFunction('onListenerError', onListenerError ?? PLATFORM.onListenerError),
  }
}
