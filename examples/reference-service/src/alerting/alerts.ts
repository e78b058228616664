import { AlertEmitter, type AlertEmitterOptions, type AlertRule, type Channel, type Severity } from '@tps/andon'
import type { Config } from '../config.ts'

/** A p99 above this breaks the promise that the service makes: the line of the latency chart. */
export const SLA_MS = 200

/** How long each trouble must last before its alert fires, in ms. */
export interface AlertDurations {
  readonly HighQueueDepth: number
  readonly HighLatency: number
  readonly HighErrorRate: number
  readonly CircuitBreakerOpen: number
  readonly HighWorkerUtilization: number
  readonly ProcessingRateZero: number
}

/** The durations that are configured. */
export function alertDurations(config: Config): AlertDurations {
  return {
    HighQueueDepth: config.ALERT_HIGH_QUEUE_DEPTH_MS,
    HighLatency: config.ALERT_HIGH_LATENCY_MS,
    HighErrorRate: config.ALERT_HIGH_ERROR_RATE_MS,
    CircuitBreakerOpen: config.ALERT_CIRCUIT_BREAKER_OPEN_MS,
    HighWorkerUtilization: config.ALERT_HIGH_WORKER_UTILIZATION_MS,
    ProcessingRateZero: config.ALERT_PROCESSING_RATE_ZERO_MS,
  }
}

/** A rule, for those who show it. */
export interface AlertRuleText {
  readonly name: string
  readonly severity: Severity
  readonly summary: string
  readonly description: string
  readonly forMs: number
}

function notRead(): never {
  throw new Error('these rules are not evaluated')
}

/** What is watched, in words. */
export function alertRules(forMs: AlertDurations): AlertRuleText[] {
  const unread = {
    depthRatio: notRead,
    p99: notRead,
    errorRatio: notRead,
    isCircuitOpen: notRead,
    utilization: notRead,
    isStalled: notRead,
  }
  return rules(unread, forMs).map(({ name, severity, summary = name, description = '', forMs = 0 }) => ({
    name,
    severity,
    summary,
    description,
    forMs,
  }))
}

/** What the rules look at. */
export interface AlertReadings {
  /** From 0 to 1. */
  readonly depthRatio: () => number
  /** In ms; `null` when there was no signal. */
  readonly p99: () => number | null
  readonly errorRatio: () => number
  readonly isCircuitOpen: () => boolean
  readonly utilization: () => number
  /** Whether work waits and nothing is completed. */
  readonly isStalled: () => boolean
}

/** The six alert rules of the reference system. */
function rules(readings: AlertReadings, forMs: AlertDurations): AlertRule[] {
  return [
    {
      name: 'HighQueueDepth',
      severity: 'yellow',
      summary: 'more than 80 % of the queue is used',
      description: 'Signals come in faster than they are worked off. Add workers, or send less.',
      threshold: { above: 0.8 },
      forMs: forMs.HighQueueDepth,
      source: readings.depthRatio,
    },
    {
      name: 'HighLatency',
      severity: 'red',
      summary: `p99 is above ${SLA_MS} ms`,
      description:
        'Look at the component breakdown: a long dequeue_wait asks for workers, a long jidoka_check for the downstream.',
      threshold: { above: SLA_MS },
      forMs: forMs.HighLatency,
      // No signal, no latency: nothing is wrong with it.
      noData: 'resolve',
      source: readings.p99,
    },
    {
      name: 'HighErrorRate',
      severity: 'red',
      summary: 'more than 5 % of the signals fail or are refused',
      description:
        'When the circuit is open these are refusals: look at the downstream. Otherwise look at the dead letters.',
      threshold: { above: 0.05 },
      forMs: forMs.HighErrorRate,
      source: readings.errorRatio,
    },
    {
      name: 'CircuitBreakerOpen',
      severity: 'red',
      summary: 'the circuit breaker is open',
      description: 'The downstream fails. The circuit closes by itself once it answers again.',
      threshold: { above: 0 },
      forMs: forMs.CircuitBreakerOpen,
      source: () => (readings.isCircuitOpen() ? 1 : 0),
    },
    {
      name: 'HighWorkerUtilization',
      severity: 'yellow',
      summary: 'more than 90 % of the workers are busy',
      description: 'There is no room for a burst. Add workers.',
      threshold: { above: 0.9 },
      forMs: forMs.HighWorkerUtilization,
      source: readings.utilization,
    },
    {
      name: 'ProcessingRateZero',
      severity: 'red',
      summary: 'work waits and nothing is processed',
      description:
        'Workers are stuck, or the circuit is open and they fail. Look at the busy workers and at the dead letters.',
      threshold: { above: 0 },
      forMs: forMs.ProcessingRateZero,
      source: () => (readings.isStalled() ? 1 : 0),
    },
  ]
}

/** The alerts of the line: the rules are evaluated once it is started; what fires and resolves is told. */
export function createAlerts(
  readings: AlertReadings,
  forMs: AlertDurations,
  channels: readonly Channel[],
  time: Pick<AlertEmitterOptions, 'clock' | 'timers'> = {},
): AlertEmitter {
  return new AlertEmitter({ name: 'andon', rules: rules(readings, forMs), channels, ...time })
}

/** Starts the evaluation. */
export function startAlerts(alerts: AlertEmitter, everyMs: number): void {
  alerts.start({ everyMs })
}
