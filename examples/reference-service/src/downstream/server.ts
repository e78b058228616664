import { setTimeout as wait } from 'node:timers/promises'
import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api'
import { CircuitBreaker, type CircuitBreakerSnapshot } from '@tps/jidoka'
import { type FastifyInstance, fastify } from 'fastify'
import type { Config } from '../config.ts'
import type { SettingsStore } from '../settings.ts'
import { type Behaviour, DOWNSTREAMS, type DownstreamName, behaviourOf } from './behaviour.ts'
import { type TraceHeaders, onward, withSpan } from '../tracing/spans.ts'
import type { Tracing } from '../tracing/start.ts'
import { type DownstreamAnswer, DownstreamClient } from './client.ts'

/** Whom each calls, and how much of the line's patience it has for it: less and less, so that the innermost gives up first. */
const CALLS = { c: { callee: 'b', patience: 0.75 }, b: { callee: 'a', patience: 0.5 } } as const

/** A call of one simulated downstream by another. */
interface Link {
  readonly callee: DownstreamName
  readonly breaker: CircuitBreaker
  /** The breaker with a span around each call. */
  readonly traced: Pick<CircuitBreaker, 'execute'>
  readonly client: DownstreamClient
}

/** What can be left out. */
export interface DownstreamServerOptions {
  readonly random?: (() => number) | undefined
  /** Default: no spans. */
  readonly tracing?: Tracing | undefined
}

/** What the server is made with. */
export type DownstreamServerConfig = Pick<
  Config,
  'DOWNSTREAM_TIMEOUT_MS' | 'CIRCUIT_BREAKER_THRESHOLD' | 'CIRCUIT_BREAKER_RESET_MS'
>

/**
 * The services that signals depend on: a real HTTP server on a port of its own, so that timeouts, refused connections and slow
 * answers are real ones. Broken on purpose through the settings. It plays three: a, at `/a` and at `/`, b and c. b calls a, and
 * c calls b, each through a circuit breaker; what can't be reached they do without, and say so.
 */
export class DownstreamServer {
  readonly #server: FastifyInstance = fastify({ forceCloseConnections: true })
  readonly #config: DownstreamServerConfig
  readonly #settings: SettingsStore
  readonly #random: () => number
  readonly #tracing: Tracing | undefined
  readonly #links = new Map<DownstreamName, Link>()

  constructor(config: DownstreamServerConfig, settings: SettingsStore, options: DownstreamServerOptions = {}) {
    const { random = Math.random, tracing } = options
    this.#config = config
    this.#settings = settings
    this.#random = random
    this.#tracing = tracing
    for (const name of DOWNSTREAMS) this.#serve(name, `/${name}`)
    this.#serve('a', '')
  }

  /** Starts it and resolves with its URL. */
  async listen(port: number, host = '127.0.0.1'): Promise<string> {
    const url = await this.#server.listen({ port, host })
    for (const [caller, { callee, patience }] of Object.entries(CALLS))
      this.#links.set(caller as DownstreamName, this.#link(callee, patience, url))
    return url
  }

  /** The circuits in front of a and b, in the chain. */
  chain(): readonly [a: CircuitBreakerSnapshot | undefined, b: CircuitBreakerSnapshot | undefined] {
    return [this.#links.get('b')?.breaker.snapshot(), this.#links.get('c')?.breaker.snapshot()]
  }

  async close(): Promise<void> {
    for (const { client, breaker } of this.#links.values()) {
      client.close()
      breaker[Symbol.dispose]()
    }
    await this.#server.close()
  }

  #serve(name: DownstreamName, path: string): void {
    this.#server.get(`${path}/health`, async (_request, reply) => {
      const { enabled, latencyMs } = this.#behaviour(name)
      if (latencyMs > 0) await slowness(latencyMs)
      return enabled ? { status: 'healthy' } : await reply.code(503).send({ error: 'downstream is disabled' })
    })
    const describe = (): Attributes => ({ downstream: name, 'http.method': 'POST', 'http.route': `${path}/work` })
    this.#server.post(`${path}/work`, async ({ headers }, reply) => {
      const work = async (span?: Span): Promise<DownstreamAnswer | { readonly error: string }> => {
        const { status, body } = await this.#work(name, headers)
        if (status !== 200) span?.setStatus({ code: SpanStatusCode.ERROR, message: `answered ${status}` })
        span?.setAttribute('http.status_code', status)
        void reply.code(status)
        return body
      }
      return await (this.#tracing ? this.#tracing.serve('Downstream.Call', headers, describe, work) : work())
    })
  }

  async #work(name: DownstreamName, headers: TraceHeaders): Promise<DownstreamReply> {
    const { enabled, latencyMs, errorRatio } = this.#behaviour(name)
    if (!enabled) return { status: 503, body: { error: 'downstream is disabled' } }
    if (latencyMs > 0) await slowness(latencyMs)
    if (this.#random() < errorRatio) return { status: 500, body: { error: 'downstream failed on purpose' } }
    const link = this.#links.get(name)
    return { status: 200, body: link ? await callOn(link, headers) : DONE }
  }

  #behaviour(name: DownstreamName): Behaviour {
    return behaviourOf(this.#settings.current, name)
  }

  #link(callee: DownstreamName, patience: number, url: string): Link {
    const { DOWNSTREAM_TIMEOUT_MS, CIRCUIT_BREAKER_THRESHOLD, CIRCUIT_BREAKER_RESET_MS } = this.#config
    const timeoutMs = Math.max(1, DOWNSTREAM_TIMEOUT_MS * patience)
    const client = new DownstreamClient({ url: `${url}/${callee}`, timeoutMs })
    const breaker = new CircuitBreaker({
      name: `downstream ${callee}`,
      trip: { consecutiveFailures: CIRCUIT_BREAKER_THRESHOLD },
      break: { ms: CIRCUIT_BREAKER_RESET_MS },
      // It recovers by itself, without a signal having to find out.
      probe: { maxWaitMs: timeoutMs + 1_000, check: async (signal) => await client.health(signal) },
    })
    const traced =
      this.#tracing?.guard(breaker, 'Jidoka.Check', () => ({ circuit_breaker_state: breaker.state })) ?? breaker
    return { callee, breaker, traced, client }
  }
}

/** Slow on purpose; a process that ends doesn't wait for it. */
async function slowness(ms: number): Promise<void> {
  await wait(ms, undefined, { ref: false })
}

/** What a downstream answers. */
interface DownstreamReply {
  readonly status: 200 | 500 | 503
  readonly body: DownstreamAnswer | { readonly error: string }
}

const DONE: DownstreamAnswer = { done: true }

/** What the next one can't do is done without: slower while its circuit finds that out, at once when it is open. */
async function callOn({ callee, traced, client }: Link, headers: TraceHeaders): Promise<DownstreamAnswer> {
  try {
    return await traced.execute(() =>
      withSpan('CallDownstream', async () => await client.work(undefined, onward(headers))),
    )
  } catch {
    return { done: true, without: [callee] }
  }
}
