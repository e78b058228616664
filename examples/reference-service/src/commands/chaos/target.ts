import { UsageError } from '../command-line.ts'

/** How long an answer may take. */
const ANSWER_MS = 30_000

/** What the service says of how it is. */
export interface Condition {
  /** `healthy`, `degraded` or `unhealthy`; `gone` when nobody answers. */
  readonly health: string
  /** The names of the components that aren't healthy. */
  readonly ailing: readonly string[]
}

/** A service that is troubled on purpose, and, where its roles are processes of their own, the runner that started them. */
export class Target {
  readonly #service: URL
  readonly #runner: URL
  readonly #token: string | undefined

  constructor(service: URL, runner: URL, token: string | undefined) {
    this.#service = service
    this.#runner = runner
    this.#token = token
  }

  /** Changes settings of `/admin/config`. */
  async set(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#ask('PATCH', new URL('/admin/config', this.#service), settings)
  }

  /** Calls an endpoint of `/admin/chaos`. */
  async trouble(name: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    return await this.#ask('POST', new URL(`/admin/chaos/${name}`, this.#service), body)
  }

  /** Has the runner do something to one of its processes. */
  async run(action: 'kill' | 'start', processName: string): Promise<Readonly<Record<string, unknown>>> {
    return await this.#ask('POST', new URL(`/processes/${processName}/${action}`, this.#runner))
  }

  /** Whether its roles are processes of their own that the runner started. */
  async isDistributed(): Promise<boolean> {
    const info = await this.#ask('GET', new URL('/info', this.#service))
    return (info['configuration'] as Readonly<Record<string, unknown>> | undefined)?.['TPS_ROLE'] === 'api'
  }

  /** How it is, now. As long as a circuit refuses every signal it isn't healthy, whatever its parts are. Never rejects. */
  async condition(): Promise<Condition> {
    try {
      const [{ status, components }, { jidoka }] = await Promise.all([
        this.#look<{ status: string; components: Readonly<Record<string, string>> }>('/health'),
        this.#look<{ jidoka: { circuit_breaker: string; retry_after_ms: number } }>('/status'),
      ])
      const ailing = Object.keys(components).filter((name) => components[name] !== 'healthy')
      const isRefusing = jidoka.circuit_breaker === 'Open' && jidoka.retry_after_ms > 0
      if (!isRefusing || ailing.includes('circuit_breaker')) return { health: status, ailing }
      return { health: status === 'healthy' ? 'degraded' : status, ailing: ['circuit_breaker', ...ailing] }
    } catch {
      return { health: 'gone', ailing: [] }
    }
  }

  async #look<T>(path: string): Promise<T> {
    const response = await fetch(new URL(path, this.#service), { signal: AbortSignal.timeout(2_000) })
    return (await response.json()) as T
  }

  async #ask(method: string, url: URL, body?: object): Promise<Readonly<Record<string, unknown>>> {
    let response: Response
    try {
      response = await fetch(url, {
        method,
        headers: {
          ...(body && { 'content-type': 'application/json' }),
          ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_MS),
      })
    } catch (error) {
      const isSlow = error instanceof Error && error.name === 'TimeoutError'
      throw new UsageError(
        isSlow
          ? `${method} ${url.href} has no answer after ${ANSWER_MS / 1_000} s.`
          : `Nobody answers at ${url.origin}. Does it run? "pnpm start" or "make up" starts it.`,
        { cause: error },
      )
    }
    const text = await response.text()
    if (!response.ok) throw new UsageError(`${method} ${url.pathname} answered ${response.status}: ${text}`)
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  }
}
