export {
  checkBoolean,
  checkCount,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  checkOneOf,
} from './checks.ts'
export { systemClock } from './clock.ts'
export { SafeEmitter, printListenerError } from './emitter.ts'
export { Rate } from './rate.ts'
export { Ring } from './ring.ts'
export { TimerWheel } from './timer-wheel.ts'
export { systemTimers } from './timers.ts'
export type { Bounds } from './checks.ts'
export type { Clock } from './clock.ts'
export type { ExecuteOptions, Lease, LeaseOptions, Observable, Policy, WorkContext, WorkSource } from './contracts.ts'
export type { EventMap, ListenerErrorHandler } from './emitter.ts'
export type { TimerWheelOptions } from './timer-wheel.ts'
export type { Timer, Timers } from './timers.ts'
