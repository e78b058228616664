import { describe, expect, it } from 'vitest'
import { type Diagnosis, diagnose } from './diagnose.ts'
import { readingsIn } from './diagnosis-condition.ts'
import type { EarlierReadings } from './diagnosis-reading.ts'
import { READINGS, readingsOf } from './diagnosis-readings.ts'
import type { LineSnapshots } from './diagnosis-snapshots.ts'
import type { FindingSeverity, Question } from './diagnosis-tree.ts'
import { INCIDENT_LEVELS } from './trees-incident.ts'
import { HANDBOOK_TREES } from './trees.ts'

/** §2.3, example 1: a healthy system. */
const HEALTHY = {
  breaker: {
    state: 'closed',
    stateForMs: 3_600_000,
    totals: { rejected: 0 },
    window: { completed: 500, failureRatio: 0.0005 },
  },
  queue: { depth: 40, capacity: 100, delayed: 0, oldestAgeMs: 300, enqueueRate: 100, dequeueRate: 100, rejected: 0 },
  pool: {
    workers: 10,
    utilization: 0.8,
    overdue: 0,
    processingRate: 100,
    meanHandlerMs: 20,
    processed: 90_000,
    failed: 0,
    retried: 0,
    deadLettered: 0,
  },
  pools: [
    { workers: 10, meanHandlerMs: 20 },
    { workers: 4, meanHandlerMs: 22 },
    { workers: 4, meanHandlerMs: 18 },
  ],
  deadLetters: { size: 0, added: 0 },
  leveler: { imbalanceFactor: 0.1, avgPerWorker: 5 },
  autoscaler: { isRunning: true, dryRun: false, max: 20, recommended: 10, plateau: 'free' },
  latency: { count: 6000, p50: 10, p90: 25, p99: 45 },
  breakdown: {
    stages: [
      { stage: 'wait', share: 0.3 },
      { stage: 'work', share: 0.45 },
      { stage: 'call', share: 0.25 },
    ],
  },
  signals: { errorRatio: 0.0005 },
  load: { perSecond: 100 },
  host: { cpuRatio: 0.45, memoryRatio: 0.6, diskRatio: 0.35, networkRatio: 0.3 },
  downstream: { isHealthy: true, stages: ['call'], capacityPerSecond: 500 },
  changes: { deployedAgoMs: null, externalAgoMs: null },
} as const satisfies LineSnapshots

type Part = keyof typeof HEALTHY
type Changes = { readonly [P in Part]?: Partial<Record<keyof (typeof HEALTHY)[P], unknown>> | readonly unknown[] }

/** The healthy line with parts of it changed. */
function line(changes: Changes): LineSnapshots {
  const changed: Record<string, unknown> = { ...HEALTHY }
  for (const [part, values] of Object.entries(changes))
    changed[part] = Array.isArray(values) ? values : Object.assign({}, HEALTHY[part as Part], values)
  return changed
}

/** Six readings a minute apart, the last one a good minute ago. `changes` gives those that were not healthy, by their place. */
function earlier(changes: Readonly<Record<number, Changes>> = {}): EarlierReadings[] {
  return [6, 5, 4, 3, 2, 1].map((minutes, index) => ({
    agoMs: minutes * 60_000 + 5000,
    readings: readingsOf(line(changes[index] ?? {})),
  }))
}

/** All six readings changed in the same way. */
function always(changes: Changes): EarlierReadings[] {
  return earlier({ 0: changes, 1: changes, 2: changes, 3: changes, 4: changes, 5: changes })
}

const growing = (values: readonly number[], change: (value: number) => Changes): EarlierReadings[] =>
  earlier(Object.fromEntries(values.map((value, index) => [index, change(value)])))

const FULL = { queue: { depth: 100 } }
const FULL_NOW = { depth: 100 }
const ALL_BUSY = { utilization: 1 }
const SLOW = { utilization: 1, processingRate: 50 }
const BLOCKED = { utilization: 0.5, processingRate: 50 }
const CPU = { cpuRatio: 0.95 }
const CIRCUIT_5_MIN = { state: 'open', stateForMs: 300_001 }
const OPEN = { state: 'open', stateForMs: 10_000 }
const SLOW_P99 = { p50: 10, p90: 60, p99: 100 }
const IN_CALL = {
  stages: [
    { stage: 'call', share: 0.8 },
    { stage: 'work', share: 0.2 },
  ],
}
const IN_WORK = {
  stages: [
    { stage: 'call', share: 0.2 },
    { stage: 'work', share: 0.8 },
  ],
}
const SPREAD = {
  stages: [
    { stage: 'a', share: 0.4 },
    { stage: 'b', share: 0.4 },
    { stage: 'call', share: 0.2 },
  ],
}
const UPSCALING = growing([10, 10, 20, 20, 30, 30], (workers) => ({ pool: { workers } }))
const SCALED = { workers: 40 }
const ERRORS_ROSE = growing([0.0005, 0.0005, 0.0005, 0.01, 0.02, 0.03], (errorRatio) => ({ signals: { errorRatio } }))
const P99_ROSE = growing([40, 45, 45, 60, 75, 90], (p99) => ({ latency: { p99 } }))
const MEMORY_ROSE = growing([0.5, 0.55, 0.6, 0.65, 0.7, 0.75], (memoryRatio) => ({ host: { memoryRatio } }))
const FLAPPING = growing([0, 1, 0, 1, 0, 1], (open) => ({ breaker: { state: open ? 'half-open' : 'closed' } }))
const MORE_LOAD = { perSecond: 160 }

interface Row {
  /** What the handbook says, with its section. */
  readonly handbook: string
  readonly given: Changes
  readonly earlier?: readonly EarlierReadings[]
  readonly tree: string
  readonly severity: FindingSeverity
  /** One of the causes that are found. */
  readonly cause: string
  /** One of the next steps. */
  readonly step?: string
}

const ROWS: readonly Row[] = [
  // §3.2: queue depth + worker utilization
  {
    handbook: '§3.2 queue high AND workers busy: need to scale workers',
    given: { queue: { depth: 90 }, pool: { utilization: 0.9 } },
    tree: 'queue-filling',
    severity: 'medium',
    cause: 'The queue is high and the workers are busy: they are too few for this load.',
    step: 'Scale the workers.',
  },
  {
    handbook: '§3.2 queue high AND workers idle: something is broken, workers not processing',
    given: { queue: { depth: 90 }, pool: { utilization: 0.1 } },
    tree: 'workers-idle',
    severity: 'high',
    cause: 'Something is broken: the queue is high, and the workers do not process it.',
  },
  {
    handbook: '§3.2 queue low AND workers busy: latency problem, tasks are slow',
    given: { queue: { depth: 5 }, pool: ALL_BUSY },
    tree: 'workers-busy',
    severity: 'medium',
    cause: 'The tasks are slow: the queue is low and the workers are busy all the same.',
  },
  {
    handbook: '§3.2 queue low AND workers idle: over-provisioned, could reduce workers',
    given: { queue: { depth: 0 }, pool: { utilization: 0.1 } },
    tree: 'workers-idle',
    severity: 'medium',
    cause: 'There are more workers than this load needs.',
    step: 'Reduce the workers, if the load stays as it is.',
  },
  {
    handbook: '§3.2 (in between) queue half full and workers idle',
    given: { queue: { depth: 50 }, pool: { utilization: 0.1 } },
    tree: 'workers-idle',
    severity: 'medium',
    cause: 'Work waits although workers are free: they may not be taking it.',
  },
  {
    handbook: '§3.1 metric 5: consistently 100 %, system is at capacity',
    given: { queue: { depth: 50 }, pool: ALL_BUSY },
    tree: 'workers-busy',
    severity: 'medium',
    cause: 'The workers are at capacity.',
    step: 'Add workers, if the load stays as it is.',
  },
  {
    handbook: '§3.1 metric 3: check if workers are actually processing or stuck',
    given: { pool: { ...ALL_BUSY, overdue: 3 } },
    tree: 'workers-busy',
    severity: 'medium',
    cause: 'Handlers hang: they have timed out and still run, or nothing comes out any more.',
  },
  // §3.2: throughput + error rate
  {
    handbook: '§3.2 throughput drops and error rate spikes: failures are preventing processing',
    given: { signals: { errorRatio: 0.1 }, pool: { processingRate: 50 } },
    tree: 'errors-high',
    severity: 'high',
    cause: 'Failures prevent processing: throughput has dropped to 0.5 of the usual.',
  },
  {
    handbook: '§3.2 throughput steady and error rate spikes: some items fail but others succeed',
    given: { signals: { errorRatio: 0.1 } },
    tree: 'errors-high',
    severity: 'high',
    cause: 'Some items fail and others succeed: throughput is steady.',
  },
  {
    handbook: '§3.2 error rate spikes but throughput doesn’t drop: some items retried automatically',
    given: { signals: { errorRatio: 0.1 }, pool: { failed: 20, retried: 15 } },
    tree: 'errors-high',
    severity: 'high',
    cause: 'Some items are retried automatically: throughput does not drop.',
  },
  // §3.2: latency + resource usage
  {
    handbook: '§3.2 latency high and CPU high: CPU-bound problem',
    given: { latency: SLOW_P99, host: CPU },
    tree: 'latency-high',
    severity: 'high',
    cause: 'The work is bound by the CPU.',
    step: 'Optimise the code that runs most, or add CPU.',
  },
  {
    handbook: '§3.2 latency high and memory high: memory-bound problem',
    given: { latency: SLOW_P99, host: { memoryRatio: 0.95 } },
    tree: 'latency-high',
    severity: 'high',
    cause: 'The work is bound by memory: a leak, or too much garbage collection.',
  },
  {
    handbook: '§3.2 latency high and CPU/memory low: I/O-bound problem',
    given: { latency: SLOW_P99 },
    tree: 'latency-high',
    severity: 'high',
    cause: 'The work is bound by I/O: it waits for the disk, the network or another service.',
  },
  // §3.2: circuit breaker + error rate
  {
    handbook: '§3.2 circuit opens when error rate spikes: working as intended',
    given: { breaker: OPEN, signals: { errorRatio: 0.3 } },
    tree: 'circuit-open',
    severity: 'medium',
    cause: 'The circuit opened with the errors: it works as intended.',
  },
  {
    handbook: '§3.2 circuit stays open while error rate is low: downstream might be recovering',
    given: { breaker: OPEN },
    tree: 'circuit-open',
    severity: 'medium',
    cause: 'The circuit stays open while errors are few: the downstream service may be recovering.',
  },

  // §4.1
  {
    handbook: '§4.1 workers 100% busy + high throughput: scale workers immediately',
    given: { queue: FULL_NOW, pool: ALL_BUSY },
    tree: 'queue-full',
    severity: 'high',
    cause: 'The workers are at capacity: they work as fast as ever, but more comes in.',
    step: 'Scale the workers: half as many again.',
  },
  {
    handbook: '§4.1 workers < 100% busy, circuit breaker open: external service broken',
    given: { queue: FULL_NOW, pool: BLOCKED, breaker: OPEN },
    tree: 'queue-full',
    severity: 'critical',
    cause: 'The downstream service is broken: its circuit is open, and the workers can’t get on.',
  },
  {
    handbook: '§4.1 workers < 100% busy, deadlock: investigate logs',
    given: { queue: FULL_NOW, pool: { utilization: 0.5, processingRate: 0 } },
    tree: 'queue-full',
    severity: 'critical',
    cause: 'Workers are stuck: a deadlock, or a call that never returns.',
    step: 'Look for a deadlock in the logs.',
  },
  {
    handbook: '§4.1 workers < 100% busy, resource maxed out: disk',
    given: { queue: FULL_NOW, pool: BLOCKED, host: { diskRatio: 0.97 } },
    tree: 'queue-full',
    severity: 'critical',
    cause: 'The disk is slow or full.',
  },
  {
    handbook: '§4.1 workers 100% busy + low throughput: check latency, find bottleneck',
    given: { queue: FULL_NOW, pool: SLOW, latency: SLOW_P99 },
    tree: 'queue-full',
    severity: 'critical',
    cause: 'The workers are slow: latency is 2.4 times the usual.',
    step: 'Find the bottleneck in the trace of a slow signal.',
  },
  {
    handbook: '§4.1 workers 100% busy + low throughput: check CPU',
    given: { queue: FULL_NOW, pool: SLOW, host: CPU },
    tree: 'queue-full',
    severity: 'critical',
    cause: 'The work is bound by the CPU.',
  },
  {
    handbook: '§4.1 workers 100% busy + low throughput: external service might be slow',
    given: { queue: FULL_NOW, pool: SLOW, breakdown: IN_CALL },
    tree: 'queue-full',
    severity: 'critical',
    cause: 'The workers wait for a slow downstream service.',
  },
  {
    handbook: '§4.1 did incoming load increase? Yes',
    given: { queue: FULL_NOW, load: MORE_LOAD, pool: ALL_BUSY },
    tree: 'queue-full',
    severity: 'high',
    cause: 'The load has grown: 1.6 times the usual.',
  },
  {
    handbook: '§4.1 did incoming load increase? No: something is making workers slower',
    given: { queue: FULL_NOW, pool: SLOW },
    tree: 'queue-full',
    severity: 'critical',
    cause: 'The load is as usual: something makes the workers slower.',
  },
  {
    handbook: '§4.1 with throughput unknown',
    given: { queue: FULL_NOW, pool: ALL_BUSY },
    earlier: [],
    tree: 'queue-full',
    severity: 'high',
    cause: 'The workers are at capacity.',
  },

  // §4.2
  {
    handbook: '§4.2 downstream healthy: circuit breaker is too aggressive',
    given: { breaker: OPEN },
    tree: 'circuit-open',
    severity: 'medium',
    cause: 'The circuit breaker is too aggressive: the downstream service is well.',
    step: 'Check the threshold of the circuit breaker; it may be too low.',
  },
  {
    handbook: '§4.2 downstream broken, transient failure: wait for half-open',
    given: { breaker: OPEN, downstream: { isHealthy: false } },
    tree: 'circuit-open',
    severity: 'medium',
    cause: 'The downstream service fails, perhaps only for a moment.',
    step: 'Wait for the circuit to half-open, usually from 30 to 60 seconds.',
  },
  {
    handbook: '§4.2 downstream broken, persistent failure, 1-5 minutes: investigate and fix',
    given: { breaker: { state: 'open', stateForMs: 120_000 }, downstream: { isHealthy: false } },
    tree: 'circuit-open',
    severity: 'high',
    cause: 'The downstream service fails persistently.',
    step: 'Investigate and fix the downstream service.',
  },
  {
    handbook: '§4.2 circuit in half-open state: let it test, don’t interrupt',
    given: { breaker: { state: 'half-open', stateForMs: 500 } },
    tree: 'circuit-open',
    severity: 'medium',
    cause: 'The circuit is half-open: it tests whether the downstream service has recovered.',
    step: 'Let it test; do not interrupt.',
  },
  {
    handbook: '§4.2 circuit is stuck open: manual reset or restart might be needed',
    given: { breaker: CIRCUIT_5_MIN },
    tree: 'circuit-open',
    severity: 'critical',
    cause: 'The circuit is stuck open.',
  },
  {
    handbook: '§4.2 (ours) held open by hand',
    given: { breaker: { state: 'forced-open', stateForMs: 10 } },
    tree: 'circuit-open',
    severity: 'high',
    cause: 'Somebody holds the circuit open.',
  },

  // §4.3
  {
    handbook: '§4.3 errors in downstream service: page downstream service owner',
    given: { signals: { errorRatio: 0.02 }, breaker: { window: { completed: 100, failureRatio: 0.2 } } },
    tree: 'errors-high',
    severity: 'medium',
    cause: 'The downstream service fails.',
    step: 'Page the owner of the downstream service.',
  },
  {
    handbook: '§4.3 errors not in downstream: error is in your system',
    given: { signals: { errorRatio: 0.02 } },
    tree: 'errors-high',
    severity: 'medium',
    cause: 'The error is in this system: the downstream service is well.',
  },
  {
    handbook: '§4.3 new deployment? Revert',
    given: { signals: { errorRatio: 0.02 }, changes: { deployedAgoMs: 60_000 } },
    tree: 'errors-high',
    severity: 'medium',
    cause: 'It began suddenly, and something was deployed lately: the new version is the likely cause.',
    step: 'Revert the deployment.',
  },
  {
    handbook: '§4.3 traffic spike? Scale',
    given: { signals: { errorRatio: 0.02 }, load: MORE_LOAD },
    tree: 'errors-high',
    severity: 'medium',
    cause: 'It began suddenly, with 1.6 times the usual load.',
    step: 'Scale the workers.',
  },
  {
    handbook: '§4.3 external change? Mitigate',
    given: { signals: { errorRatio: 0.02 }, changes: { externalAgoMs: 60_000 } },
    tree: 'errors-high',
    severity: 'medium',
    cause: 'It began suddenly, and something that this line depends on was changed lately.',
  },
  {
    handbook: '§4.3 no obvious change? Check logs',
    given: { signals: { errorRatio: 0.02 } },
    tree: 'errors-high',
    severity: 'medium',
    cause: 'It began suddenly, without a deployment, more traffic or a change outside.',
    step: 'Look at the logs of the moment when it began.',
  },
  {
    handbook: '§4.3 gradual increase: might be a memory leak, resource exhaustion',
    given: { signals: { errorRatio: 0.04 } },
    earlier: ERRORS_ROSE,
    tree: 'errors-high',
    severity: 'medium',
    cause: 'It grew gradually: perhaps a leak, or a resource that runs out.',
  },
  {
    handbook: '§4.3 retryable, DLQ growing: retries have failed',
    given: { signals: { errorRatio: 0.02 }, pool: { failed: 20, retried: 15 }, deadLetters: { size: 5, added: 5 } },
    tree: 'errors-high',
    severity: 'medium',
    cause: 'Retries have failed as well: dead letters grow.',
  },
  {
    handbook: '§4.3 retryable: check if retries are exhausted',
    given: { signals: { errorRatio: 0.02 }, pool: { failed: 20, retried: 20 } },
    tree: 'errors-high',
    severity: 'medium',
    cause: 'Errors are retried, and some retries succeed.',
    step: 'Check whether retries are exhausted.',
  },
  {
    handbook: '§4.3 error is permanent: log it, fix root cause',
    given: { signals: { errorRatio: 0.02 }, pool: { failed: 20, retried: 0 } },
    tree: 'errors-high',
    severity: 'medium',
    cause: 'The error is permanent: it is not retried.',
    step: 'Log the error, understand it, and fix its root cause.',
  },
  {
    handbook: '§3.1 metric 6: growing DLQ, systematic problem (retried)',
    given: { deadLetters: { size: 5, added: 5 }, pool: { failed: 20, retried: 15 } },
    tree: 'dead-letters-growing',
    severity: 'medium',
    cause: 'Items fail again when they are retried: the retries are exhausted.',
  },
  {
    handbook: '§3.1 metric 6: growing DLQ, systematic problem (not retried)',
    given: { deadLetters: { size: 5, added: 5 }, pool: { failed: 5 } },
    tree: 'dead-letters-growing',
    severity: 'medium',
    cause: 'Items fail with errors that are not retried.',
  },

  // §4.4
  {
    handbook: '§4.4 in downstream: page downstream service owner',
    given: { latency: SLOW_P99, breakdown: IN_CALL },
    tree: 'latency-high',
    severity: 'high',
    cause: 'The bottleneck is the downstream service: most of the time is spent there.',
  },
  {
    handbook: '§4.4 in your service: bottleneck is here (one step)',
    given: { latency: SLOW_P99, breakdown: IN_WORK },
    tree: 'latency-high',
    severity: 'high',
    cause: 'The bottleneck is here: most of the time goes to work.',
    step: 'Look at work first.',
  },
  {
    handbook: '§4.4 in your service: bottleneck is here (distributed)',
    given: { latency: SLOW_P99, breakdown: SPREAD },
    tree: 'latency-high',
    severity: 'high',
    cause: 'The bottleneck is here, not in the downstream service.',
  },
  {
    handbook: '§4.4 check disk: disk I/O is slow',
    given: { latency: SLOW_P99, host: { diskRatio: 0.99 } },
    tree: 'latency-high',
    severity: 'high',
    cause: 'The disk is slow or full.',
  },
  {
    handbook: '§4.4 check network: network congestion',
    given: { latency: SLOW_P99, host: { networkRatio: 0.99 } },
    tree: 'latency-high',
    severity: 'high',
    cause: 'The network is congested.',
  },
  {
    handbook: '§4.4 spike, new deployment? Revert',
    given: { latency: SLOW_P99, changes: { deployedAgoMs: 1000 } },
    tree: 'latency-high',
    severity: 'high',
    cause: 'It began suddenly, and something was deployed lately: the new version is the likely cause.',
    step: 'Revert the deployment.',
  },
  {
    handbook: '§4.4 spike, no obvious change? Check traces',
    given: { latency: SLOW_P99 },
    tree: 'latency-high',
    severity: 'high',
    cause: 'It began suddenly, without a deployment, more traffic or a change outside.',
    step: 'Look at the traces of the moment when it began.',
  },
  {
    handbook: '§4.4 gradual increase: degradation',
    given: { latency: { p99: 110 } },
    earlier: P99_ROSE,
    tree: 'latency-high',
    severity: 'medium',
    cause: 'It degrades gradually: a leak, or something that accumulates.',
  },
  {
    handbook: '§4.4 all requests: bottleneck is a shared resource',
    given: { latency: { p50: 25, p90: 60, p99: 100 } },
    tree: 'latency-high',
    severity: 'high',
    cause: 'All requests are slow: the bottleneck is a shared resource.',
  },
  {
    handbook: '§4.4 some requests: slow path or occasional contention',
    given: { latency: SLOW_P99 },
    tree: 'latency-high',
    severity: 'high',
    cause: 'Only some requests are slow: a slow path, or contention now and then.',
  },

  // §4.5
  {
    handbook: '§4.5 load increasing: scaling is normal',
    given: { pool: { ...SCALED, processingRate: 160 }, load: MORE_LOAD },
    earlier: UPSCALING,
    tree: 'scaling-up',
    severity: 'high',
    cause: 'The load increases: scaling is normal.',
    step: 'Verify that the throughput keeps up with the load.',
  },
  {
    handbook: '§4.5 throughput increasing with more workers: scaling is working',
    given: { pool: { ...SCALED, processingRate: 160 }, load: MORE_LOAD },
    earlier: UPSCALING,
    tree: 'scaling-up',
    severity: 'high',
    cause: 'Scaling works: throughput grows with the workers.',
  },
  {
    handbook: '§4.5 load not increasing: something is preventing scaling from helping',
    given: { pool: SCALED },
    earlier: UPSCALING,
    tree: 'scaling-up',
    severity: 'high',
    cause: 'The load does not increase: something keeps scaling from helping.',
  },
  {
    handbook: '§4.5 throughput not increasing, CPU at 100%: optimize code or fix leak',
    given: { pool: SCALED, host: CPU },
    earlier: UPSCALING,
    tree: 'scaling-up',
    severity: 'high',
    cause: 'The work is bound by the CPU.',
  },
  {
    handbook: '§4.5 throughput not increasing, external service can’t handle the load',
    given: { pool: SCALED, downstream: { capacityPerSecond: 100 } },
    earlier: UPSCALING,
    tree: 'scaling-up',
    severity: 'high',
    cause: 'The downstream service is the bottleneck: more workers only press it harder.',
  },
  {
    handbook: '§4.5 throughput not increasing: other shared resource, database',
    given: { pool: SCALED },
    earlier: UPSCALING,
    tree: 'scaling-up',
    severity: 'high',
    cause: 'A shared resource is the bottleneck: the database, its connections, the disk or the network.',
  },
  {
    handbook: '§4.5 threshold too low: scaling too aggressively',
    given: { pool: { ...SCALED, utilization: 0.3 } },
    earlier: UPSCALING,
    tree: 'scaling-up',
    severity: 'high',
    cause: 'The autoscaler is too aggressive: it adds workers although many are idle.',
  },
  {
    handbook: '§4.5 threshold too high: not scaling when it should',
    given: { pool: { ...SCALED, utilization: 1.2 }, queue: { depth: 90 } },
    earlier: UPSCALING,
    tree: 'scaling-up',
    severity: 'high',
    cause: 'The autoscaler is too late: the queue is high before workers are added.',
  },

  // §5.1
  {
    handbook: '§5.1 CRITICAL error rate 100% (all requests failing)',
    given: { signals: { errorRatio: 1 } },
    tree: 'errors-high',
    severity: 'critical',
    cause: 'It began suddenly, without a deployment, more traffic or a change outside.',
  },
  {
    handbook: '§5.1 CRITICAL circuit open > 5 minutes (service broken)',
    given: { breaker: CIRCUIT_5_MIN, downstream: { isHealthy: false } },
    tree: 'circuit-open',
    severity: 'critical',
    cause: 'The downstream service fails persistently.',
  },
  {
    handbook: '§5.1 CRITICAL queue 100% + error rate high (cascading failure)',
    given: { queue: FULL_NOW, pool: ALL_BUSY, signals: { errorRatio: 0.02 } },
    tree: 'queue-full',
    severity: 'critical',
    cause: 'The workers are at capacity: they work as fast as ever, but more comes in.',
  },
  {
    handbook: '§5.1 CRITICAL incoming load = 0 (someone turned off traffic)',
    given: { queue: { depth: 0, enqueueRate: 0, dequeueRate: 0 }, load: { perSecond: 0 } },
    tree: 'traffic-gone',
    severity: 'critical',
    cause: 'Somebody or something has turned off the traffic: there is usually some.',
  },
  {
    handbook: '§5.1 HIGH error rate > 5%',
    given: { signals: { errorRatio: 0.06 } },
    tree: 'errors-high',
    severity: 'high',
    cause: 'The error is in this system: the downstream service is well.',
  },
  {
    handbook: '§5.1 HIGH latency spike > 2x baseline',
    given: { latency: { p50: 21 } },
    tree: 'latency-high',
    severity: 'high',
    cause: 'All requests are slow: the bottleneck is a shared resource.',
  },
  {
    handbook: '§5.1 HIGH queue at 100% but being processed',
    given: { queue: FULL_NOW, pool: ALL_BUSY },
    tree: 'queue-full',
    severity: 'high',
    cause: 'The workers are at capacity: they work as fast as ever, but more comes in.',
  },
  {
    handbook: '§5.1 HIGH workers scaling up (load increasing)',
    given: { pool: { ...SCALED, processingRate: 160 }, load: MORE_LOAD },
    earlier: UPSCALING,
    tree: 'scaling-up',
    severity: 'high',
    cause: 'The load increases: scaling is normal.',
  },
  {
    handbook: '§5.1 MEDIUM error rate 0.5-5%',
    given: { signals: { errorRatio: 0.005 } },
    tree: 'errors-high',
    severity: 'medium',
    cause: 'The error is in this system: the downstream service is well.',
  },
  {
    handbook: '§5.1 MEDIUM latency 50% above baseline',
    given: { latency: { p50: 15 } },
    tree: 'latency-high',
    severity: 'medium',
    cause: 'All requests are slow: the bottleneck is a shared resource.',
  },
  {
    handbook: '§5.1 MEDIUM queue at 80% (approaching capacity), filling',
    given: { queue: { depth: 80, dequeueRate: 90 } },
    tree: 'queue-filling',
    severity: 'medium',
    cause: 'More comes in than goes out: 10 items a second.',
  },
  {
    handbook: '§3.1 metric 1: queue at 80%, shrinking trend: catching up',
    given: { queue: { depth: 80, dequeueRate: 120 } },
    tree: 'queue-filling',
    severity: 'medium',
    cause: 'The line is catching up.',
  },
  {
    handbook: '§5.1 MEDIUM one worker pool slower than others',
    given: {
      pools: [
        { workers: 1, meanHandlerMs: 10 },
        { workers: 1, meanHandlerMs: 12 },
        { workers: 1, meanHandlerMs: 60 },
      ],
    },
    tree: 'one-pool-slower',
    severity: 'medium',
    cause: 'One pool takes 5 times as long as the others for an item.',
  },
  {
    handbook: '§1.2 principle 5: some workers always busy while others are idle',
    given: { leveler: { imbalanceFactor: 1.4 } },
    tree: 'one-pool-slower',
    severity: 'medium',
    cause: 'The load is not level: some workers are always busy while others are idle.',
  },

  // §6.1
  {
    handbook: '§6.1 queue is constantly at 100%, workers at capacity: scale workers',
    given: { queue: FULL_NOW, pool: ALL_BUSY },
    earlier: always({ ...FULL, pool: ALL_BUSY }),
    tree: 'queue-always-full',
    severity: 'high',
    cause: 'The workers are at capacity all the time.',
    step: 'Scale the workers.',
  },
  {
    handbook: '§6.1 queue is constantly at 100%, but workers are not at 100%',
    given: { queue: FULL_NOW, pool: BLOCKED },
    earlier: always({ ...FULL, pool: BLOCKED }),
    tree: 'queue-always-full',
    severity: 'high',
    cause: 'The queue stays full although workers are free: something blocks them.',
  },
  {
    handbook: '§6.1 queue is constantly at 100%, load spiking: need to handle bursts',
    given: { queue: FULL_NOW, load: MORE_LOAD },
    earlier: always(FULL),
    tree: 'queue-always-full',
    severity: 'high',
    cause: 'The load comes in bursts that the queue has no room for.',
  },
  {
    handbook: '§6.1 circuit keeps opening and closing, downstream unstable: working as designed',
    given: { breaker: { state: 'closed', window: { completed: 50, failureRatio: 0.6 } } },
    earlier: FLAPPING,
    tree: 'circuit-flapping',
    severity: 'medium',
    cause: 'The downstream service is unstable: the circuit breaker works as designed.',
  },
  {
    handbook: '§6.1 circuit keeps opening and closing, threshold too aggressive: increase threshold',
    given: {},
    earlier: FLAPPING,
    tree: 'circuit-flapping',
    severity: 'medium',
    cause: 'The threshold of the circuit breaker is too low.',
    step: 'Raise the threshold: allow more errors before it opens.',
  },
  {
    handbook: '§6.1 memory usage keeps growing, queue',
    given: { host: { memoryRatio: 0.8 }, queue: { depth: 85 } },
    earlier: MEMORY_ROSE,
    tree: 'memory-growing',
    severity: 'medium',
    cause: 'The queue holds the memory: it is nearly full.',
  },
  {
    handbook: '§6.1 memory usage keeps growing with throughput',
    given: { host: { memoryRatio: 0.8 }, load: MORE_LOAD },
    earlier: MEMORY_ROSE,
    tree: 'memory-growing',
    severity: 'medium',
    cause: 'Memory grows with the load.',
  },
  {
    handbook: '§6.1 memory usage keeps growing independent of load: might be memory leak',
    given: { host: { memoryRatio: 0.95 } },
    earlier: MEMORY_ROSE,
    tree: 'memory-growing',
    severity: 'high',
    cause: 'Probably a leak: memory grows independently of the load.',
  },
  {
    handbook: '§6.1 some requests timeout while others succeed, downstream',
    given: { latency: { p50: 9, p90: 26, p99: 91 }, breakdown: IN_CALL },
    tree: 'tail-slow',
    severity: 'medium',
    cause: 'The downstream service is slow for some requests.',
    step: 'Add retries or a fallback.',
  },
  {
    handbook: '§6.1 some requests timeout while others succeed, slow path',
    given: { latency: { p50: 9, p90: 26, p99: 91 } },
    tree: 'tail-slow',
    severity: 'medium',
    cause: 'A slow path or contention here: the downstream service is not what takes the time.',
  },
  {
    handbook: '§6.1 auto-scaling isn’t working: is it enabled?',
    given: { load: MORE_LOAD, pool: ALL_BUSY, autoscaler: { isRunning: false } },
    earlier: always({ pool: ALL_BUSY }),
    tree: 'not-scaling',
    severity: 'medium',
    cause: 'Auto-scaling is disabled.',
    step: 'Enable auto-scaling.',
  },
  {
    handbook: '§6.1 auto-scaling isn’t working: is worker count at max already?',
    given: { load: MORE_LOAD, pool: ALL_BUSY, autoscaler: { max: 10 } },
    earlier: always({ pool: ALL_BUSY }),
    tree: 'not-scaling',
    severity: 'medium',
    cause: 'The number of workers is at its maximum.',
    step: 'Raise the maximum of workers.',
  },
  {
    handbook: '§6.1 auto-scaling isn’t working: is current load above threshold?',
    given: { load: MORE_LOAD, pool: { utilization: 0.95 } },
    earlier: always({ pool: { utilization: 0.95 } }),
    tree: 'not-scaling',
    severity: 'medium',
    cause: 'The threshold is too high: it is not reached although the workers are busy.',
    step: 'Lower the threshold.',
  },
  {
    handbook: '§6.1 auto-scaling isn’t working: check auto-scaling logs for errors',
    given: { load: MORE_LOAD, pool: ALL_BUSY, autoscaler: { recommended: 16 } },
    earlier: always({ pool: ALL_BUSY }),
    tree: 'not-scaling',
    severity: 'medium',
    cause: 'Auto-scaling fails: it is enabled, has room, and is above its threshold.',
  },
  {
    handbook: '§4.1 workers < 100% busy, resource maxed out: memory',
    given: { queue: FULL_NOW, pool: BLOCKED, host: { memoryRatio: 0.97 } },
    tree: 'queue-full',
    severity: 'critical',
    cause: 'The work is bound by memory: a leak, or too much garbage collection.',
  },
  {
    handbook: '§4.1 workers < 100% busy, resource maxed out: network',
    given: { queue: FULL_NOW, pool: BLOCKED, host: { networkRatio: 0.97 } },
    tree: 'queue-full',
    severity: 'critical',
    cause: 'The network is congested.',
  },
  {
    handbook: '§4.1 workers 100% busy + low throughput, not all is known',
    given: { queue: FULL_NOW, pool: SLOW },
    tree: 'queue-full',
    severity: 'critical',
    cause: 'The workers are slow.',
  },
  {
    handbook: '§4.4 spike, traffic spike? Load is higher',
    given: { latency: SLOW_P99, load: MORE_LOAD },
    tree: 'latency-high',
    severity: 'high',
    cause: 'It began suddenly, with 1.6 times the usual load.',
  },
  {
    handbook: '§4.4 spike, external change? Mitigate',
    given: { latency: SLOW_P99, changes: { externalAgoMs: 1000 } },
    tree: 'latency-high',
    severity: 'high',
    cause: 'It began suddenly, and something that this line depends on was changed lately.',
  },
  {
    handbook: '§4.5 throughput not increasing, resource: memory',
    given: { pool: SCALED, host: { memoryRatio: 0.95 } },
    earlier: UPSCALING,
    tree: 'scaling-up',
    severity: 'high',
    cause: 'The work is bound by memory: a leak, or too much garbage collection.',
  },
  {
    handbook: '§4.5 throughput not increasing, resource: disk',
    given: { pool: SCALED, host: { diskRatio: 0.95 } },
    earlier: UPSCALING,
    tree: 'scaling-up',
    severity: 'high',
    cause: 'The disk is slow or full.',
  },
  {
    handbook: '§4.5 throughput not increasing, resource: network',
    given: { pool: SCALED, host: { networkRatio: 0.95 } },
    earlier: UPSCALING,
    tree: 'scaling-up',
    severity: 'high',
    cause: 'The network is congested.',
  },
  {
    handbook: '§4.5 (ours) the autoscaler has found that adding workers doesn’t help',
    given: { load: MORE_LOAD, pool: ALL_BUSY, autoscaler: { plateau: 'held' } },
    earlier: always({ pool: ALL_BUSY }),
    tree: 'not-scaling',
    severity: 'medium',
    cause: 'The autoscaler holds: it has found that more workers do not help.',
  },
]

function judge(row: Pick<Row, 'given' | 'earlier'>): Diagnosis {
  return diagnose(line(row.given), { earlier: row.earlier ?? earlier() })
}

/** What the answers say, down to the last question; a cause that is replaced by those of its questions is left out. */
function leaves(questions: readonly Question[]): string[] {
  return questions.flatMap(({ answers }) =>
    answers.flatMap(({ likelyCause, questions: deeper }) => (deeper?.length ? leaves(deeper) : [likelyCause])),
  )
}

/** What a cause looks like once the readings are put in. */
function pattern(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^$()[\]\\]/g, String.raw`\$&`).replaceAll(/\{[^}]+\}/g, '.+')}$`)
}

describe('the handbook', () => {
  it.each(ROWS)('$handbook', (row) => {
    const finding = judge(row).findings.find(({ tree }) => tree === row.tree)
    expect(finding).toMatchObject({ severity: row.severity })
    expect([finding?.likelyCause, ...(finding?.alsoLikely ?? [])]).toContain(row.cause)
    if (row.step !== undefined) expect(finding?.nextSteps).toContain(row.step)
    expect(finding?.source).toMatch(/^Handbook §/)
    expect(finding?.resolvedWhen.length).toBeGreaterThan(0)
  })

  it.each(HANDBOOK_TREES)('gives every cause of "$scenario" in some row', ({ id, likelyCause, questions }) => {
    const given = ROWS.flatMap((row) => judge(row).findings)
      .filter(({ tree }) => tree === id)
      .flatMap((finding) => finding.alsoLikely.concat(finding.likelyCause))
    const causes = leaves(questions)
    const never = (causes.length > 0 ? causes : [likelyCause]).filter(
      (cause) => !given.some((found) => pattern(cause).test(found)),
    )
    expect(never).toEqual([])
  })

  it('asks only for readings that exist', () => {
    const known = new Set(READINGS.map(({ reading }) => reading))
    const asked = JSON.stringify([HANDBOOK_TREES, INCIDENT_LEVELS]).matchAll(/"reading":"([^"]+)"|\{([\w.]+)\}/g)
    expect(
      [...asked].map(([, reading, placeholder]) => reading ?? placeholder).filter((name) => !known.has(name ?? '')),
    ).toEqual([])
  })

  it('grades by readings of which one way is worse, or that only choose between the trees', () => {
    const neutral = new Set(READINGS.filter(({ worse }) => worse === null).map(({ reading }) => reading))
    const grading = HANDBOOK_TREES.flatMap(({ severities }) => severities.flatMap(({ when }) => readingsIn(when)))
    expect(new Set(grading.filter((reading) => neutral.has(reading)))).toEqual(
      new Set([
        'pool.utilization',
        'load.perSecond',
        'load.baselinePerSecond',
        'load.growth',
        'scaling.workersGrowth',
        'breaker.state',
        'latency.count',
        'leveler.avgPerWorker',
        'host.memoryIsGrowing',
      ]),
    )
  })

  it('is plain data: its JSON gives the same diagnoses', () => {
    const trees = JSON.parse(JSON.stringify(HANDBOOK_TREES)) as typeof HANDBOOK_TREES
    for (const row of ROWS)
      expect(diagnose(line(row.given), { earlier: row.earlier ?? earlier(), trees })).toEqual(judge(row))
  })
})

describe('§2.3, the examples of dashboards', () => {
  it('1, healthy system: no findings', () => {
    expect(judge({ given: {} })).toMatchObject({
      severity: null,
      findings: [],
      incident: null,
      unknown: [],
      errors: [],
    })
  })

  it('2, approaching capacity: the queue is filling, latency is starting to spike', () => {
    const { findings, incident } = judge({
      given: {
        queue: { depth: 80, enqueueRate: 125, dequeueRate: 120 },
        pool: { utilization: 0.9, processingRate: 120 },
        signals: { errorRatio: 0.001 },
        latency: { p50: 15, p90: 45, p99: 120 },
        host: { cpuRatio: 0.7, memoryRatio: 0.75, diskRatio: 0.4 },
      },
    })
    expect(findings.map(({ tree, severity }) => [tree, severity])).toEqual([
      ['latency-high', 'high'],
      ['queue-filling', 'medium'],
    ])
    expect(findings[1]?.nextSteps[0]).toBe('Scale the workers.')
    expect(incident?.level).toBe('yellow')
  })

  it('3, system overloaded: circuit open, queue full, errors, CPU-bound', () => {
    const { severity, findings, incident } = judge({
      given: {
        breaker: { state: 'open', stateForMs: 90_000 },
        queue: { depth: 100, rejected: 900 },
        pool: { utilization: 0.85, processingRate: 75 },
        signals: { errorRatio: 0.025 },
        latency: { p50: 45, p90: 200, p99: 500 },
        host: { cpuRatio: 0.95, memoryRatio: 0.9, diskRatio: 0.45 },
        downstream: { isHealthy: false },
      },
    })
    expect(severity).toBe('critical')
    expect(incident).toMatchObject({ level: 'red', action: 'Call the on-call engineer.' })
    expect(findings.map(({ tree, severity }) => `${severity} ${tree}`)).toEqual([
      'critical queue-full',
      'high circuit-open',
      'high latency-high',
      'medium errors-high',
      'medium tail-slow',
    ])
    expect(findings[0]?.alsoLikely).toContain('The work is bound by the CPU.')
  })

  it('4, partial failure: each line is diagnosed alone', () => {
    const fast = judge({ given: { queue: { depth: 30 }, pool: { utilization: 0.7 } } })
    const slow = judge({
      given: { queue: { depth: 95 }, pool: { utilization: 0.95 }, breaker: OPEN, signals: { errorRatio: 0.03 } },
    })
    expect(fast.findings).toEqual([])
    expect(slow.findings.map(({ tree }) => tree)).toEqual(['circuit-open', 'errors-high', 'queue-filling'])
  })
})

describe('§5.2, is my system in an incident?', () => {
  it.each([
    ['RED circuit open > 10 minutes', 'red', { breaker: { state: 'open', stateForMs: 600_001 } }],
    ['RED error rate = 100%', 'red', { signals: { errorRatio: 1 } }],
    ['RED queue full + declining throughput', 'red', { queue: FULL_NOW, pool: { processingRate: 70 } }],
    ['YELLOW error rate 5-100%', 'yellow', { signals: { errorRatio: 0.05 } }],
    ['YELLOW latency spike 2-5x', 'yellow', { latency: { p50: 20 } }],
    ['YELLOW queue filling up', 'yellow', { queue: { depth: 85, dequeueRate: 90 } }],
    ['GREEN error rate < 5%', 'green', { signals: { errorRatio: 0.02 } }],
    ['GREEN latency spike < 2x', 'green', { latency: { p50: 19 } }],
    ['GREEN queue at 80%', 'green', { queue: { depth: 80 } }],
    ['none of them', null, {}],
  ] as const)('%s', (_title, level, given) => {
    expect(judge({ given }).incident?.level ?? null).toBe(level)
  })
})
