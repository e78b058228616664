import type { Service } from './service.ts'

type Component = 'healthy' | 'unhealthy'

/** The body of `GET /health`. */
export interface Health {
  /**
   * `unhealthy`: this process can't do its work. `degraded`: it can, but what it depends on fails.
   * A restart helps in the first case only.
   */
  readonly status: 'healthy' | 'degraded' | 'unhealthy'
  readonly components: Readonly<Record<'circuit_breaker' | 'queue' | 'downstream' | 'metrics' | 'tracing', Component>>
  readonly timestamp: string
}

export function healthOf({ intake, parts, history }: Service): Health {
  const { state } = parts.breaker()
  const { connected } = parts.queue()
  const components = {
    circuit_breaker: componentOf(state === 'closed' || state === 'half-open'),
    queue: componentOf(intake.isOpen && connected),
    downstream: componentOf(parts.watch().status !== 'unhealthy'),
    metrics: componentOf(history.isFresh),
    // Every signal carries a trace id from the first line on; there is no exporter that could fail.
    tracing: componentOf(true),
  }
  const ownFails = components.queue === 'unhealthy' || components.metrics === 'unhealthy'
  const otherFails = components.circuit_breaker === 'unhealthy' || components.downstream === 'unhealthy'
  return {
    status: ownFails ? 'unhealthy' : otherFails ? 'degraded' : 'healthy',
    components,
    timestamp: new Date().toISOString(),
  }
}

function componentOf(isWell: boolean): Component {
  return isWell ? 'healthy' : 'unhealthy'
}
