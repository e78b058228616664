import { AlertEmitter, type AlertEmitterOptions, type AlertRule } from '@tps/andon'
import { type AlertLogger, logChannel } from '@tps/andon/channels'
import type { Stations } from './stations.ts'

/** A p99 above this breaks the promise that the service makes: the line of the latency chart. */
export const SLA_MS = 200

const EVERY_MS = 1_000
const MINUTE_MS = 60_000

/** The six alert rules of the reference system. */
function rules({ breaker, leveler, pool, latency, counters }: Stations): AlertRule[] {
  return [
    {
      name: 'HighQueueDepth',
      severity: 'yellow',
      summary: 'more than 80 % of the queue is used',
      description: 'Signals come in faster than they are worked off. Add workers, or send less.',
      threshold: { above: 0.8 },
      forMs: 2 * MINUTE_MS,
      source: () => {
        const { depth, capacity } = leveler.snapshot()
        return depth / capacity
      },
    },
    {
      name: 'HighLatency',
      severity: 'red',
      summary: `p99 is above ${SLA_MS} ms`,
      description:
        'Look at the component breakdown: a long dequeue_wait asks for workers, a long jidoka_check for the downstream.',
      threshold: { above: SLA_MS },
      forMs: MINUTE_MS,
      // No signal, no latency: nothing is wrong with it.
      noData: 'resolve',
      source: () => latency.snapshot().p99,
    },
    {
      name: 'HighErrorRate',
      severity: 'red',
      summary: 'more than 5 % of the signals fail or are refused',
      description:
        'When the circuit is open these are refusals: look at the downstream. Otherwise look at the dead letters.',
      threshold: { above: 0.05 },
      forMs: 2 * MINUTE_MS,
      source: () => counters.errorRatio,
    },
    {
      name: 'CircuitBreakerOpen',
      severity: 'red',
      summary: 'the circuit breaker is open',
      description: 'The downstream fails. The circuit closes by itself once it answers again.',
      threshold: { above: 0 },
      forMs: 30_000,
      source: () => (breaker.state === 'open' || breaker.state === 'forced-open' ? 1 : 0),
    },
    {
      name: 'HighWorkerUtilization',
      severity: 'yellow',
      summary: 'more than 90 % of the workers are busy',
      description: 'There is no room for a burst. Add workers.',
      threshold: { above: 0.9 },
      forMs: 5 * MINUTE_MS,
      source: () => pool.snapshot().utilization,
    },
    {
      name: 'ProcessingRateZero',
      severity: 'red',
      summary: 'work waits and nothing is processed',
      description:
        'Workers are stuck, or the circuit is open and they fail. Look at the busy workers and at the dead letters.',
      threshold: { above: 0 },
      forMs: MINUTE_MS,
      source: () => (leveler.snapshot().depth > 0 && counters.completedLately.total === 0 ? 1 : 0),
    },
  ]
}

/** The andon of the line: evaluates the rules every second once it is started, and logs what fires and resolves. */
export function createAlerts(
  stations: Stations,
  log: AlertLogger,
  time: Pick<AlertEmitterOptions, 'clock' | 'timers'> = {},
): AlertEmitter {
  return new AlertEmitter({ name: 'andon', rules: rules(stations), channels: [logChannel(log)], ...time })
}

/** Starts the evaluation. */
export function startAlerts(alerts: AlertEmitter): void {
  alerts.start({ everyMs: EVERY_MS })
}
