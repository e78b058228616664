import { type Alert, AlertEmitter, Board, Cord } from '@tps/andon'
import { AlertmanagerChannel, ReliableChannel } from '@tps/andon/channels'
import {
  Autoscaler,
  DurationClassifier,
  LevelingScheduler,
  LoadLeveler,
  adaptiveLimiter,
  adaptiveThrottle,
  rateLimiter,
  sharedRateLimiter,
  type AdaptiveLimiter,
  type AdaptiveThrottle,
  type RateLimiter,
  type RateLimitStore,
  type SharedRateLimiter,
} from '@tps/heijunka'
import type { Observable } from '@tps/internal'
import type { ManualClock } from '@tps/internal/manual-clock'
import { BreakerRegistry, CircuitBreaker, HealthMonitor } from '@tps/jidoka'
import { Breakdown, ChangeDetector, Experiment, PercentileTracker, Slo } from '@tps/kaizen'
import { DeadLetterQueue, PullQueue, WorkerPool } from '@tps/kanban'

/** What every primitive is made with in the conformance tests. */
export interface CommonOptions {
  readonly name?: string
  readonly onListenerError?: (error: unknown, event: string) => void
}

/** One row of the conformance table. */
export interface Primitive {
  readonly title: string
  /** Makes one on `clock`. `options` go on top of the least that it needs. */
  readonly make: (clock: ManualClock, options?: CommonOptions) => Observable<Record<string, unknown[]>>
  /** Makes one with a single wrong option. */
  readonly makeWith: (options: Record<string, unknown>) => unknown
  /** An event and what makes the primitive emit it. */
  readonly event: string
  readonly provoke: (primitive: never, clock: ManualClock) => unknown
  /** Options with numbers that NaN must be refused for, as paths: `break.ms`. */
  readonly numbers: readonly string[]
}

/** A store that admits nobody for a second. */
const REFUSING: RateLimitStore = { take: () => Promise.resolve(1000) }

const ALERT: Alert = {
  fingerprint: 'Hot{}',
  rule: 'Hot',
  labels: {},
  severity: 'red',
  state: 'firing',
  condition: 'above 1',
  summary: 'Hot is above 1',
  description: '',
  value: 2,
  activeSince: new Date(0).toISOString(),
  startsAt: new Date(0).toISOString(),
  endsAt: null,
  activeMs: 0,
}
const FIRING = { id: '1', kind: 'firing', alert: ALERT } as const
const ALERTMANAGER = { url: 'http://localhost:9093', fetch: async () => new Response(null) }

const handler = async (): Promise<void> => {}

type Row<P> = Omit<Primitive, 'make' | 'provoke' | 'makeWith'> & {
  readonly make: (clock: ManualClock, options?: CommonOptions) => P
  readonly makeWith: (options: never) => unknown
  readonly provoke: (primitive: P, clock: ManualClock) => unknown
}

/** Keeps each row's own types together; the table forgets them. */
function row<P>(given: Row<P>): Primitive {
  return given as unknown as Primitive
}

export const PRIMITIVES: readonly Primitive[] = [
  row<CircuitBreaker>({
    title: 'CircuitBreaker',
    make: (clock, options) => new CircuitBreaker({ clock, trip: { consecutiveFailures: 1 }, ...options }),
    makeWith: (options) => new CircuitBreaker(options),
    event: 'open',
    provoke: (breaker) => breaker.tryAcquire()?.failure(new Error('down')),
    numbers: [
      'window.ms',
      'trip.consecutiveFailures',
      'trip.failureRatio',
      'break.ms',
      'break.factor',
      'probe.calls',
      'probe.maxWaitMs',
    ],
  }),
  row<BreakerRegistry>({
    title: 'BreakerRegistry',
    make: (clock, options) => new BreakerRegistry({ clock, ...options }),
    makeWith: (options) => new BreakerRegistry(options),
    event: 'create',
    provoke: (registry) => registry.get('key').state,
    numbers: ['maxEntries', 'idleMs', 'maxOpenRatio'],
  }),
  row<HealthMonitor>({
    title: 'HealthMonitor',
    make: (clock, options) => new HealthMonitor({ clock, timers: clock, checks: { db: () => {} }, ...options }),
    makeWith: (options: Record<string, unknown>) => new HealthMonitor({ checks: {}, ...options }),
    event: 'componentChange',
    provoke: async (monitor) => (await monitor.checkNow()).status,
    numbers: [],
  }),
  row<PullQueue<number>>({
    title: 'PullQueue',
    make: (clock, options) => new PullQueue<number>({ clock, timers: clock, capacity: 1, ...options }),
    makeWith: (options) => new PullQueue<number>(options),
    event: 'rejected',
    provoke: (queue) => [queue.offer(1), queue.offer(2)],
    numbers: ['capacity', 'maxWaiting', 'maxAgeMs', 'highWatermark', 'overload.targetMs', 'overload.intervalMs'],
  }),
  row<WorkerPool<number, void>>({
    title: 'WorkerPool',
    make: (clock, options) =>
      new WorkerPool(
        { clock, timers: clock, source: new PullQueue<number>({ clock, timers: clock }), workers: 1, ...options },
        handler,
      ),
    makeWith: (options: Record<string, unknown>) =>
      new WorkerPool({ source: new PullQueue<number>(), workers: 1, ...options }, handler),
    event: 'completed',
    provoke: async (pool) => await pool.submit(1),
    numbers: ['workers', 'timeoutMs', 'attempts'],
  }),
  row<DeadLetterQueue<number>>({
    title: 'DeadLetterQueue',
    make: (clock, options) =>
      new DeadLetterQueue<number>({ clock, timers: clock, capacity: 1, wallNow: () => 0, ...options }),
    makeWith: (options) => new DeadLetterQueue<number>(options),
    event: 'added',
    provoke: (letters) => letters.add({ item: 1, errors: [new Error('down')], attempts: 1 }),
    numbers: ['capacity', 'poisonAfter', 'maxErrors', 'maxRemembered'],
  }),
  row<LoadLeveler<number>>({
    title: 'LoadLeveler',
    make: (clock, options) => new LoadLeveler<number>({ clock, timers: clock, workers: 2, ...options }),
    makeWith: (options: Record<string, unknown>) => new LoadLeveler<number>({ workers: 2, ...options }),
    event: 'deadLetter',
    provoke: (leveler) => [leveler.offer(1), leveler.tryLease()?.deadLetter('down')],
    numbers: ['workers', 'capacity', 'everyMs', 'threshold', 'itemsPerSlice'],
  }),
  row<DurationClassifier<string>>({
    title: 'DurationClassifier',
    make: (_clock, options) => new DurationClassifier<string>({ slowMs: 100, ...options }),
    makeWith: (options: Record<string, unknown>) => new DurationClassifier<string>({ slowMs: 100, ...options }),
    event: 'reclassify',
    provoke: (durations) => [durations.record('key', 500), durations.classify('key')],
    numbers: ['slowMs', 'fastMs', 'recovery', 'minimumSamples', 'maxKeys'],
  }),
  row<Autoscaler>({
    title: 'Autoscaler',
    make: (clock, options) =>
      new Autoscaler({
        clock,
        timers: clock,
        wallNow: () => 0,
        max: 8,
        read: () => ({ workers: 1, utilization: 1 }),
        scale: () => {},
        ...options,
      }),
    makeWith: (options: Record<string, unknown>) =>
      new Autoscaler({ max: 8, read: () => ({ workers: 1, utilization: 1 }), scale: () => {}, ...options }),
    event: 'scaled',
    provoke: async (scaler) => await scaler.start().evaluate(),
    numbers: [
      'min',
      'max',
      'target',
      'toleranceRatio',
      'everyMs',
      'smoothingMs',
      'drainMs',
      'leadMs',
      'timeoutMs',
      'up.cooldownMs',
      'up.maxStep',
      'up.maxRatio',
      'down.cooldownMs',
      'down.stabilizationMs',
      'plateau.minGainRatio',
      'plateau.sameRatio',
      'plateau.saturationRatio',
      'plateau.settleMs',
      'plateau.minReadings',
      'plateau.retryMs',
      'plateau.changeRatio',
      'trend.horizonMs',
      'backoff.ms',
    ],
  }),
  row<LevelingScheduler<'a' | 'b'>>({
    title: 'LevelingScheduler',
    make: (clock, options) =>
      new LevelingScheduler({ clock, timers: clock, demand: { a: 2, b: 1 }, taktMs: 10, ...options }),
    makeWith: (options: Record<string, unknown>) => new LevelingScheduler({ demand: { a: 1 }, ...options }),
    event: 'release',
    provoke: (scheduler, clock) => {
      scheduler.start(() => {})
      clock.advance(30)
      return scheduler.next()
    },
    numbers: ['taktMs', 'capacity', 'catchUpTakts', 'maxLate', 'demand.a'],
  }),
  row<RateLimiter>({
    title: 'rateLimiter',
    make: (clock, options) => rateLimiter({ clock, timers: clock, limit: 1, ...options }),
    makeWith: (options: Record<string, unknown>) => rateLimiter({ limit: 1, ...options }),
    event: 'rejected',
    provoke: (limiter) => [limiter.tryTake(), limiter.tryTake()],
    numbers: ['limit', 'perMs', 'burst', 'maxKeys', 'maxWaiters', 'maxWaitMs'],
  }),
  row<SharedRateLimiter>({
    title: 'sharedRateLimiter',
    make: (clock, options) => sharedRateLimiter({ clock, timers: clock, limit: 1, store: REFUSING, ...options }),
    makeWith: (options: Record<string, unknown>) => sharedRateLimiter({ limit: 1, store: REFUSING, ...options }),
    event: 'rejected',
    provoke: async (limiter) => await limiter.tryTake(),
    numbers: ['limit', 'perMs', 'burst', 'timeoutMs', 'localRatio', 'awayAfter', 'retryMs', 'maxKeys', 'maxWaitMs'],
  }),
  row<AdaptiveLimiter>({
    title: 'adaptiveLimiter',
    make: (clock, options) => adaptiveLimiter({ clock, timers: clock, initialLimit: 1, ...options }),
    makeWith: (options) => adaptiveLimiter(options),
    event: 'rejected',
    provoke: (limiter) => [limiter.tryAcquire() !== undefined, limiter.tryAcquire()],
    numbers: ['initialLimit', 'minLimit', 'maxLimit', 'backoffRatio', 'queueCapacity', 'maxWaitMs'],
  }),
  row<AdaptiveThrottle>({
    title: 'adaptiveThrottle',
    make: (clock, options) => adaptiveThrottle({ clock, random: () => 0, ...options }),
    makeWith: (options) => adaptiveThrottle(options),
    event: 'rejected',
    provoke: (throttle) => [throttle.tryAcquire()?.rejected(), throttle.tryAcquire()],
    numbers: ['multiplier', 'maxRejectRatio', 'windowMs'],
  }),
  row<PercentileTracker>({
    title: 'PercentileTracker',
    make: (clock, options) => new PercentileTracker({ clock, ...options }),
    makeWith: (options) => new PercentileTracker(options),
    event: 'invalid',
    provoke: (tracker) => tracker.record(Number.NaN),
    numbers: ['windowMs', 'slices', 'maxBuckets'],
  }),
  row<Breakdown>({
    title: 'Breakdown',
    make: (clock, options) => new Breakdown({ clock, stages: ['a', 'b'], ...options }),
    makeWith: (options: Record<string, unknown>) => new Breakdown({ stages: ['a'], ...options }),
    event: 'invalid',
    provoke: (breakdown) => breakdown.record({ a: Number.NaN }),
    numbers: ['windowMs'],
  }),
  row<Slo>({
    title: 'Slo',
    make: (clock, options) => new Slo({ clock, wallNow: () => 0, target: 0.99, threshold: 100, ...options }),
    makeWith: (options: Record<string, unknown>) => new Slo({ target: 0.99, ...options }),
    event: 'invalid',
    provoke: (slo) => slo.recordValue(Number.NaN),
    numbers: ['target', 'threshold', 'minEvents', 'confidence'],
  }),
  row<Experiment>({
    title: 'Experiment',
    make: (clock, options) => new Experiment({ clock, seed: 1, ...options }),
    makeWith: (options) => new Experiment(options),
    event: 'invalid',
    provoke: (experiment) => experiment.record('control', Number.NaN),
    numbers: ['confidence', 'equivalenceRatio', 'sliceMs', 'minBlocks'],
  }),
  row<ChangeDetector>({
    title: 'ChangeDetector',
    make: (_clock, options) => new ChangeDetector({ warmUp: 8, ...options }),
    makeWith: (options) => new ChangeDetector(options),
    event: 'change',
    provoke: (detector) =>
      Array.from({ length: 16 }, (_, index) => detector.observe(index < 8 ? index % 3 : 1000)?.direction),
    numbers: ['warmUp', 'threshold', 'slack'],
  }),
  row<AlertEmitter>({
    title: 'AlertEmitter',
    make: (clock, options) =>
      new AlertEmitter({
        clock,
        timers: clock,
        rules: [{ name: 'high', severity: 'red', threshold: { above: 1 } }],
        ...options,
      }),
    makeWith: (options: Record<string, unknown>) => new AlertEmitter({ rules: [], ...options }),
    event: 'firing',
    provoke: (alerts) => [alerts.observe('high', 2), alerts.evaluate()],
    numbers: ['historySize', 'maxSeries'],
  }),
  row<ReliableChannel>({
    title: 'ReliableChannel',
    make: (clock, options) =>
      new ReliableChannel({ name: 'people', async send() {} }, { clock, timers: clock, ...options }),
    makeWith: (options) => new ReliableChannel({ name: 'people', async send() {} }, options),
    event: 'delivered',
    provoke: async (channel) => await channel.send(FIRING, { signal: new AbortController().signal }),
    numbers: [
      'concurrency',
      'rate.count',
      'attempts',
      'resolveAttempts',
      'backoffMs',
      'maxBackoffMs',
      'timeoutMs',
      'capacity',
      'circuit.failures',
      'circuit.breakMs',
      'digest.above',
      'digest.windowMs',
    ],
  }),
  row<AlertmanagerChannel>({
    title: 'AlertmanagerChannel',
    make: (clock, options) =>
      new AlertmanagerChannel({ ...ALERTMANAGER, clock, timers: clock, wallNow: () => 0, ...options }),
    makeWith: (options: Record<string, unknown>) => new AlertmanagerChannel({ ...ALERTMANAGER, ...options }),
    event: 'delivered',
    provoke: async (channel) => await channel.send(FIRING, { signal: new AbortController().signal }),
    numbers: ['repostMs', 'maxFiring', 'capacity'],
  }),
  row<Board>({
    title: 'Board',
    make: (clock, options) => new Board({ clock, timers: clock, wallNow: () => 0, ...options }),
    makeWith: (options) => new Board(options),
    event: 'lamp',
    provoke: (board) => [board.set('press', { colour: 'red' }), board.start(), board.refresh()],
    numbers: ['maxStations', 'staleMs'],
  }),
  row<Cord>({
    title: 'Cord',
    make: (clock, options) => new Cord({ clock, wallNow: () => 0, ...options }),
    makeWith: (options) => new Cord(options),
    event: 'pull',
    provoke: (cord) => [cord.pull({ by: 'ann', reason: 'smoke' }).id, cord.release({ by: 'ann' })],
    numbers: ['maxPulls', 'maxWaiting', 'historySize'],
  }),
]
