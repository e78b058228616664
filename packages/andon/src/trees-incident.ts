import type { Condition } from './diagnosis-condition.ts'

/** One colour of an alert, and when it is that. */
export interface IncidentLevel {
  readonly level: 'red' | 'yellow' | 'green'
  /** What it means. */
  readonly meaning: string
  /** What to do about it. */
  readonly action: string
  readonly when: Condition
  /** Where it is written. */
  readonly source: string
}

/** Whether this is an incident: the first that holds. None of them: nothing points to one. */
export const INCIDENT_LEVELS: readonly IncidentLevel[] = [
  {
    level: 'red',
    meaning: 'Production down: an incident',
    action: 'Call the on-call engineer.',
    when: {
      any: [
        { reading: 'breaker.openForMs', above: 600_000 },
        { reading: 'errors.ratio', atLeast: 1 },
        {
          all: [
            { reading: 'queue.depthRatio', atLeast: 1 },
            { reading: 'throughput.growth', below: 0.8 },
          ],
        },
      ],
    },
    source: 'Handbook §5.2',
  },
  {
    level: 'yellow',
    meaning: 'Degraded service',
    action: 'Investigate at once. Page the on-call engineer if it does not mend itself in 2 minutes.',
    when: {
      any: [
        { reading: 'errors.ratio', atLeast: 0.05 },
        { reading: 'latency.growth', atLeast: 2 },
        { reading: 'queue.depthRatio', atLeast: 1 },
        {
          all: [
            { reading: 'queue.depthRatio', atLeast: 0.8 },
            { reading: 'queue.netRate', above: 0 },
          ],
        },
      ],
    },
    source: 'Handbook §5.2',
  },
  {
    level: 'green',
    meaning: 'Minor issue',
    action: 'Log it, investigate when there is time, and plan to scale soon. Page nobody.',
    when: {
      any: [
        { reading: 'errors.ratio', atLeast: 0.005 },
        { reading: 'latency.growth', atLeast: 1.5 },
        { reading: 'queue.depthRatio', atLeast: 0.8 },
      ],
    },
    source: 'Handbook §5.2',
  },
]
