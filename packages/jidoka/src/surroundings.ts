import {
  type Clock,
  type ListenerErrorHandler,
  type Timers,
  checkFunction,
  checkObject,
  printListenerError,
  systemClock,
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

/** Most breakers have the same. */
const PLATFORM: Surroundings = {
  clock: systemClock,
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
