import { DurationClassifier } from '@tps/heijunka'
import { LevelerPolicy } from './leveler-policy.ts'
import {
  CappedPull,
  CentralPull,
  HardSplit,
  JoinIdleQueue,
  PowerOfTwo,
  RoundRobin,
  RoundRobinStealing,
} from './models.ts'
import type { Policy } from './policy.ts'
import type { Random } from './random.ts'
import type { VirtualTime } from './virtual-time.ts'
import type { Job, Mix } from './workload.ts'

// The service that research/queues.md simulated, and the policies it compared.

export const WORKERS = 8

/** 95 % of jobs take 10 ms, 5 % take 500 ms, on average. */
export const MIX: Mix = { fastMs: 10, slowMs: 500, slowRatio: 0.05 }

/** The load that is 1 when all workers are always busy, as arrivals a ms. */
export function perMs(load: number): number {
  const { fastMs, slowMs, slowRatio } = MIX
  return (load * WORKERS) / (fastMs * (1 - slowRatio) + slowMs * slowRatio)
}

type Make = (time: VirtualTime, random: Random) => Policy

const expectedMs = ({ label }: Job): number => (label === 'slow' ? MIX.slowMs : MIX.fastMs)

/** Models of what others do. */
export const MODELS = {
  'round robin': () => new RoundRobin(WORKERS),
  'power of two, duration-weighted': (_time, random) => new PowerOfTwo(WORKERS, random, expectedMs),
  'join idle queue': (_time, random) => new JoinIdleQueue(WORKERS, random),
  'round robin + stealing': (_time, random) => new RoundRobinStealing(WORKERS, random),
  'central pull': () => new CentralPull(),
  'hard 2/6 split': () => new HardSplit(2),
  'central pull, slow work capped at 6 of 8': () => new CappedPull(6),
} satisfies Record<string, Make>

/** The leveler, as it is made. */
export const LEVELERS = {
  shared: (time) => new LevelerPolicy(time, { workers: WORKERS }),
  'shared, classified': (time) => new LevelerPolicy(time, { workers: WORKERS, classify: ({ label }) => label }),
  'shared, classified, overruns noticed': (time) =>
    new LevelerPolicy(time, { workers: WORKERS, classify: { classify: ({ label }) => label, slowMs: 100 } }),
  'shared, learning': (time) => {
    const durations = new DurationClassifier<string>({ slowMs: 100 })
    return new LevelerPolicy(time, { workers: WORKERS, classify: durations.by(({ key }: Job) => key) })
  },
  'per worker, least loaded, stealing': (time) => new LevelerPolicy(time, { workers: WORKERS, strategy: 'per-worker' }),
  'per worker, power of two by duration': (time, random) =>
    new LevelerPolicy(time, {
      workers: WORKERS,
      strategy: 'per-worker',
      assign: 'power-of-two',
      random: () => random.next(),
      weigh: 'duration',
      durationOf: expectedMs,
      steal: false,
      everyMs: Number.POSITIVE_INFINITY,
    }),
  'per worker, round robin, rebalanced every second': (time) =>
    new LevelerPolicy(time, {
      workers: WORKERS,
      strategy: 'per-worker',
      assign: 'round-robin',
      steal: false,
      everyMs: 1000,
    }),
} satisfies Record<string, Make>
