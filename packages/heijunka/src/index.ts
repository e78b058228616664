export { LaneRemovedError, LevelerClosedError, TooManyWaitersError } from './errors.ts'
export { LoadLeveler } from './load-leveler.ts'
export type {
  Clock,
  Lease,
  LeaseOptions,
  ListenerErrorHandler,
  Observable,
  Timer,
  Timers,
  WorkSource,
} from '@tps/internal'
export type { DeadLetter, LoadLevelerEvents, Rebalance, RebalanceMove } from './events.ts'
export type { Assign, LoadLevelerOptions, Strategy } from './options.ts'
export type { LoadLevelerSnapshot } from './snapshot.ts'
