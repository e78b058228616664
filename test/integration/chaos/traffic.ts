import type { RunningService } from '../service.ts'

/** A service that does soon what takes others long. A downstream that is well answers in time on a busy machine, too. */
export const QUICK = {
  DOWNSTREAM_TIMEOUT_MS: '1000',
  HEALTH_CHECK_MS: '50',
  CIRCUIT_BREAKER_RESET_MS: '500',
  WORKER_REPLACE_MS: '300',
  TASK_MS: '10',
}
export const PER_SECOND = 60

/** A kind of trouble, and what mends it. */
export interface Scenario {
  readonly name: string
  readonly begin: (service: RunningService) => Promise<void>
  readonly mend: (service: RunningService) => Promise<void>
  /** Whether signals that were accepted may end as dead letters: where the downstream fails for longer than they are tried. */
  readonly mayBury: boolean
}

const trouble = async (service: RunningService, name: string): Promise<void> => {
  const response = await service.post({}, `/admin/chaos/${name}`)
  if (!response.ok) throw new Error(await response.text())
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'the downstream hangs',
    begin: async (service) => {
      await service.set({ downstream_latency_ms: 60_000 })
      await msUntil(async () => await isRefusing(service))
    },
    mend: async (service) => await service.set({ downstream_latency_ms: 0 }),
    mayBury: true,
  },
  {
    name: 'a worker crashes',
    begin: async (service) => await trouble(service, 'crash-worker'),
    mend: async () => await pause(0),
    mayBury: false,
  },
  {
    name: "the queue's backend is gone",
    begin: async (service) => await trouble(service, 'queue-down'),
    mend: async (service) => await trouble(service, 'queue-recover'),
    mayBury: false,
  },
  {
    name: 'a cascade',
    begin: async (service) => await trouble(service, 'cascade'),
    mend: async (service) => await trouble(service, 'stop'),
    mayBury: true,
  },
]

/** One after the other on the same service, beside the other services; what a machine that does much else may take. */
export const IN_ORDER = { concurrent: false, timeout: 120_000 }

/** What became of a signal, as the service says. */
export interface Outcome {
  readonly signal_id: string
  readonly status: string
}

const FINAL = new Set(['completed', 'failed', 'dead-lettered'])

/** Signals that come at a constant rate, whatever happens to who takes them. */
export class Traffic {
  /** The ids of those that were accepted. */
  readonly accepted: string[] = []
  /** How often each reason was given for a refusal. What got no answer is `no answer`. */
  readonly refused = new Map<string, number>()
  readonly #url: () => string
  readonly #underWay = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #sent = 0

  /** @param url where the service is, asked for every signal: it may come back elsewhere. */
  constructor(url: () => string) {
    this.#url = url
  }

  start(perSecond: number): void {
    this.#timer = setInterval(() => this.#send(), 1_000 / perSecond)
  }

  /** Sends no more, and resolves once all have their answer. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#underWay)
  }

  /** Resolves after `count` more were accepted. */
  async takes(count: number): Promise<void> {
    const goal = this.accepted.length + count
    while (this.accepted.length < goal) await pause(20)
  }

  #send(): void {
    const sending = this.#post(`signal-${this.#sent++}`).then(() => void this.#underWay.delete(sending))
    this.#underWay.add(sending)
  }

  async #post(task: string): Promise<void> {
    try {
      const response = await fetch(`${this.#url()}/signal`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ signal_type: 'execute', payload: { task } }),
        signal: AbortSignal.timeout(10_000),
      })
      const answer = (await response.json()) as { signal_id: string; status: string; reason?: string }
      if (response.status === 202) this.accepted.push(answer.signal_id)
      else this.#refuse(answer.reason ?? `status ${response.status}`)
    } catch {
      this.#refuse('no answer')
    }
  }

  #refuse(reason: string): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1)
  }
}

/** How many of the signals ended in which way; waits until each has ended. Rejects with the first that doesn't. */
export async function fates(service: Pick<RunningService, 'json'>, ids: readonly string[], withinMs = 20_000) {
  const endMs = performance.now() + withinMs
  const counts: Record<string, number> = {}
  for (const id of ids) {
    let outcome = await service.json<Outcome>(`/signal/${id}/status`)
    while (!FINAL.has(outcome.status) && performance.now() < endMs) {
      await pause(50)
      outcome = await service.json<Outcome>(`/signal/${id}/status`)
    }
    if (!FINAL.has(outcome.status)) throw new Error(`signal ${id} has no end: ${JSON.stringify(outcome)}`)
    counts[outcome.status] = (counts[outcome.status] ?? 0) + 1
  }
  return counts
}

/** How many ms it takes until `isSo`. */
export async function msUntil(isSo: () => Promise<boolean>, withinMs = 20_000): Promise<number> {
  const startMs = performance.now()
  while (!(await isSo().catch(() => false))) {
    if (performance.now() - startMs > withinMs) throw new Error(`not so within ${withinMs} ms`)
    await pause(25)
  }
  return performance.now() - startMs
}

/** Whether the service is healthy now. */
export async function isHealthy(service: Pick<RunningService, 'json'>): Promise<boolean> {
  return (await service.json<{ status: string }>('/health')).status === 'healthy'
}

/** Whether the circuit is open. */
export async function isRefusing(service: Pick<RunningService, 'json'>): Promise<boolean> {
  const { jidoka } = await service.json<{ jidoka: { circuit_breaker: string } }>('/status')
  return jidoka.circuit_breaker === 'Open'
}

/** Whether a signal goes the whole way now. */
export async function works(service: Pick<RunningService, 'execute'>): Promise<boolean> {
  const response = await service.execute('probe', '/signal?wait=true')
  return ((await response.json()) as { status: string }).status === 'completed'
}

/** How many of the signals that were accepted ended in which way. */
export interface Fates {
  readonly completed: number
  readonly deadLettered: number
}

/** Runs one scenario under load, and tells how all signals that were accepted ended. */
export async function play({ name, begin, mend }: Scenario, service: RunningService, traffic: Traffic): Promise<Fates> {
  traffic.start(PER_SECOND)
  await traffic.takes(20)
  await begin(service)
  await pause(800)
  await mend(service)
  const recoveredAfterMs = await msUntil(async () => (await isHealthy(service)) && (await works(service)))
  await traffic.takes(20)
  await traffic.stop()
  const counts = await fates(service, traffic.accepted)
  report(name, traffic, { ...counts, recoveredAfterMs: Math.round(recoveredAfterMs) })
  return { completed: counts['completed'] ?? 0, deadLettered: counts['dead-lettered'] ?? 0 }
}

/** A line of the tests' output about one scenario. */
export function report(scenario: string, traffic: Traffic, facts: Readonly<Record<string, unknown>>): void {
  const refused = Object.fromEntries(traffic.refused)
  console.log(`chaos | ${scenario}: ${JSON.stringify({ accepted: traffic.accepted.length, refused, ...facts })}`)
}

/** Waits, in real time. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => void setTimeout(resolve, ms))
}
