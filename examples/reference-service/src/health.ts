import { HealthMonitor, type HealthReport } from '@tps/jidoka'
import type { History } from './history.ts'
import type { Intake } from './line/intake.ts'
import type { Parts } from './parts.ts'

type Component = 'healthy' | 'degraded' | 'unhealthy'

/** The body of `GET /health`. */
export interface Health {
  /**
   * `unhealthy`: this process can't do its work. `degraded`: it can, but what it depends on fails.
   * A restart helps in the first case only.
   */
  readonly status: Component
  readonly components: Readonly<Record<'circuit_breaker' | 'queue' | 'downstream' | 'metrics' | 'tracing', Component>>
  /** Why components aren't healthy. */
  readonly reasons: Readonly<Record<string, string>>
  readonly timestamp: string
}

/** What is looked at. */
export interface HealthParts {
  readonly intake: Pick<Intake, 'isOpen'>
  readonly parts: Pick<Parts, 'breaker' | 'queue' | 'watch'>
  readonly history: Pick<History, 'isFresh'>
  /** Why traces are lost; nothing when they aren't. */
  readonly tracingFails: () => string | undefined
}

/** Checks each component every second. What fails of ours makes the whole unhealthy; what we depend on only degrades it. */
export function createHealth({ intake, parts, history, tracingFails }: HealthParts): HealthMonitor {
  const everySecond = { intervalMs: 1_000, timeoutMs: 1_000 }
  return new HealthMonitor({
    checks: {
      circuit_breaker: {
        ...everySecond,
        critical: false,
        check: () => {
          const { state } = parts.breaker()
          if (state !== 'closed' && state !== 'half-open') throw new Error(`the circuit is ${state}`)
        },
      },
      queue: {
        ...everySecond,
        check: () => {
          if (!intake.isOpen) throw new Error('it takes nothing more')
          if (!parts.queue().connected) throw new Error('it can not be reached')
        },
      },
      downstream: {
        ...everySecond,
        critical: false,
        check: () => {
          const { status, error } = parts.watch()
          if (status === 'unhealthy') throw new Error(error ?? 'its health check fails')
        },
      },
      metrics: {
        ...everySecond,
        check: () => {
          if (!history.isFresh) throw new Error('nothing has been read for a while')
        },
      },
      tracing: {
        ...everySecond,
        critical: false,
        check: () => {
          const reason = tracingFails()
          if (reason !== undefined) throw new Error(reason)
        },
      },
    },
  })
}

/** A report as `GET /health` answers it. */
export function healthOf({ status, components }: HealthReport): Health {
  const entries = Object.entries(components)
  return {
    status,
    components: Object.fromEntries(
      entries.map(([name, one]) => [name, one.status === 'unknown' ? 'healthy' : one.status]),
    ) as Health['components'],
    reasons: Object.fromEntries(entries.flatMap(([name, { message }]) => (message === null ? [] : [[name, message]]))),
    timestamp: new Date().toISOString(),
  }
}
