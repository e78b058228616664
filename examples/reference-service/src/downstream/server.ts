import { setTimeout as wait } from 'node:timers/promises'
import { type FastifyInstance, fastify } from 'fastify'

/** How the simulated downstream behaves from now on. */
export interface Behaviour {
  readonly enabled: boolean
  readonly latencyMs: number
  readonly errorRatio: number
}

/**
 * The service that every signal depends on: a real HTTP server on a port of its own, so that timeouts, refused
 * connections and slow answers are real ones. Broken on purpose through `behave`.
 */
export class DownstreamServer {
  readonly #server: FastifyInstance = fastify({ forceCloseConnections: true })
  readonly #random: () => number
  #behaviour: Behaviour = { enabled: true, latencyMs: 0, errorRatio: 0 }

  constructor(random: () => number = Math.random) {
    this.#random = random
    this.#server.get('/health', async (_request, reply) => {
      await wait(this.#behaviour.latencyMs)
      return this.#behaviour.enabled ? { status: 'healthy' } : reply.code(503).send({ error: 'downstream is disabled' })
    })
    this.#server.post('/work', async (_request, reply) => {
      const { enabled, latencyMs, errorRatio } = this.#behaviour
      if (!enabled) return reply.code(503).send({ error: 'downstream is disabled' })
      if (latencyMs > 0) await wait(latencyMs)
      if (this.#random() < errorRatio) return reply.code(500).send({ error: 'downstream failed on purpose' })
      return { done: true }
    })
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour
  }

  /** Starts it and resolves with its URL. */
  async listen(port: number): Promise<string> {
    return await this.#server.listen({ port, host: '127.0.0.1' })
  }

  async close(): Promise<void> {
    await this.#server.close()
  }
}
