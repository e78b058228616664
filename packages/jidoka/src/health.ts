import { checkBoolean, checkFunction, checkInteger, checkNumber, checkObject } from '@tps/internal'
import { LONGEST_DELAY_MS } from './sleep.ts'

/** How well something is. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy'

/**
 * Finds out how something is. Rejecting, throwing or `false` is unhealthy; `degraded` or `unhealthy` are what they say;
 * everything else is healthy. `signal` aborts when its time is up and when the monitor stops.
 */
export type HealthCheck = (signal: AbortSignal) => unknown

/** A check with its options. */
export interface HealthCheckOptions {
  readonly check: HealthCheck
  /** From one beginning to the next, in ms. From 1. Default 10,000. */
  readonly intervalMs?: number | undefined
  /** A check that takes this many ms has failed. From 1. Default 5,000. */
  readonly timeoutMs?: number | undefined
  /** Whether the whole is unhealthy when this is; otherwise the whole is degraded. Default `true`. */
  readonly critical?: boolean | undefined
  /** How many failed checks in a row make it unhealthy. Until then it is degraded. From 1. Default 1. */
  readonly failureThreshold?: number | undefined
}

/** What one check has found. */
export interface ComponentHealth {
  /** `unknown` until its first check has ended. */
  readonly status: HealthStatus | 'unknown'
  readonly critical: boolean
  /** How long the last check took, in ms; `null` before the first. */
  readonly durationMs: number | null
  /** How long ago it ended, in ms; `null` before the first. */
  readonly agoMs: number | null
  /** How many failed in a row. */
  readonly consecutiveFailures: number
  /** Why it isn't healthy; `null` when it is. */
  readonly message: string | null
  /** Whether a check runs on although its time is up. There is no next one until it ends. */
  readonly hung: boolean
}

/** How the whole is: plain JSON. */
export interface HealthReport {
  /** `unhealthy` when a critical component is; otherwise `degraded` when any component isn't healthy. */
  readonly status: HealthStatus
  readonly components: { readonly [name: string]: ComponentHealth }
}

/** The checked options of a check. */
export interface HealthRules {
  readonly check: HealthCheck
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly critical: boolean
  readonly failureThreshold: number
}

/** Checks the options of the check `name`. */
export function checkHealthRules(name: string, options: HealthCheck | HealthCheckOptions): HealthRules {
  const given = typeof options === 'function' ? { check: options } : checkObject(name, options)
  const { check, intervalMs = 10_000, timeoutMs = 5_000, critical = true, failureThreshold = 1 } = given
  const most = LONGEST_DELAY_MS
  return {
    check: checkFunction(`${name}.check`, check),
    intervalMs: checkNumber(`${name}.intervalMs`, intervalMs, { min: 1, max: most }),
    timeoutMs: checkNumber(`${name}.timeoutMs`, timeoutMs, { min: 1, max: most }),
    critical: checkBoolean(`${name}.critical`, critical),
    failureThreshold: checkInteger(`${name}.failureThreshold`, failureThreshold, { min: 1 }),
  }
}

/** The status of the whole. An unknown component makes it degraded: it may well work. */
export function overall(components: Iterable<Pick<ComponentHealth, 'status' | 'critical'>>): HealthStatus {
  let worst: HealthStatus = 'healthy'
  for (const { status, critical } of components) {
    if (status === 'unhealthy' && critical) return 'unhealthy'
    if (status !== 'healthy') worst = 'degraded'
  }
  return worst
}
