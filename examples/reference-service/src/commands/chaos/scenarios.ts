import type { Target } from './target.ts'

/** One kind of trouble. */
export interface Scenario {
  /** The name of its make target. */
  readonly name: string
  /** Makes the trouble and resolves with what was done and what there is to see. */
  readonly begin: (target: Target, options: ScenarioOptions) => Promise<string>
  /** What mends what `chaos-stop` doesn't; where there is nothing such, it mends itself or `chaos-stop` does it. */
  readonly mend?: (target: Target) => Promise<void>
}

export interface ScenarioOptions {
  /** How slow the downstream gets, in ms. */
  readonly latencyMs: number
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'chaos-downstream',
    begin: async (target, { latencyMs }) => {
      await target.set({ downstream_latency_ms: latencyMs })
      return [
        `The downstream takes ${latencyMs} ms now. A call that takes longer than DOWNSTREAM_TIMEOUT_MS has failed.`,
        'See latency rise, the circuit open, and signals being refused at once instead of hanging.',
        'make chaos-stop mends it.',
      ].join('\n')
    },
  },
  {
    name: 'chaos-crash-worker',
    begin: async (target) => {
      const distributed = await target.isDistributed()
      const answer = distributed ? await target.run('kill', 'worker-fast') : await target.trouble('crash-worker')
      return [
        `A worker has died in the middle of its work: ${JSON.stringify(answer)}.`,
        'See the number of workers go down and up again. What the dead one had in hand is done by another.',
      ].join('\n')
    },
  },
  {
    name: 'chaos-queue-down',
    begin: async (target) => {
      if (await target.isDistributed()) await target.run('kill', 'nats')
      else await target.trouble('queue-down')
      return [
        "The queue's backend is gone. See every signal refused with 503. What was accepted is kept.",
        'make chaos-queue-recover brings it back.',
      ].join('\n')
    },
    mend: queueRecover,
  },
  {
    name: 'chaos-cascade',
    begin: async (target, { latencyMs }) => {
      await target.trouble('cascade', { latency_ms: latencyMs })
      return [
        `Signals call downstream C, which calls B, which calls A. A takes ${latencyMs} ms now.`,
        'See the latency of A, then of B, then of C rise, and the circuit that stops it.',
        'make chaos-stop mends it.',
      ].join('\n')
    },
  },
]

/** Brings the queue's backend back. */
export async function queueRecover(target: Target): Promise<void> {
  if (await target.isDistributed()) await target.run('start', 'nats')
  else await target.trouble('queue-recover')
}
