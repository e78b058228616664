import { setTimeout as sleep } from 'node:timers/promises'
import { post } from './demo-load.ts'
import { type Printer, count, duration } from './demo-printer.ts'

/** The metrics of the walkthrough. */
const METRICS = [
  ['cpu_usage', 85],
  ['memory_usage', 75],
  ['disk_io', 120],
  ['network_latency', 45],
] as const

const BURST = 10
const HIGH = 92
const SECOND_MS = 1_000
const ALERT_WITHIN_MS = 15_000
/** What the walkthrough of Phase 0 saw. */
const SEED_POSTS_MS = 10_000

interface Alert {
  readonly rule: string
  readonly value: number | string | null
  readonly threshold: number
  readonly samples: number
  readonly state: string
  readonly since: number
}

interface Rule {
  readonly name: string
  readonly metric: string
  readonly expression: string
}

interface Status {
  readonly ingestion: { readonly acceptedRate: number; readonly accepted: number }
  readonly queue: { readonly depth: number; readonly capacity: number }
  readonly storage: { readonly flushMs: number; readonly flushedSamples: number; readonly samples: number }
  readonly query: { readonly p99: number | null }
  readonly alerting: { readonly evaluations: number; readonly delayMs: number | null }
}

/** Plays the walkthrough against a platform, step by step. */
export class Walkthrough {
  readonly #url: string
  readonly #printer: Printer
  readonly #signal: AbortSignal
  /** The samples of the burst all come at once, with the times that they would have had. */
  readonly #isShort: boolean

  constructor(url: string, printer: Printer, signal: AbortSignal, isShort: boolean) {
    this.#url = url
    this.#printer = printer
    this.#signal = signal
    this.#isShort = isShort
  }

  async play(): Promise<void> {
    await this.#ingest()
    await this.#query()
    await this.#burst()
    await this.#concurrent()
    await this.#components()
  }

  async #ingest(): Promise<void> {
    this.#printer.step(
      'Ingest',
      'A metric is a name and a value. It goes into the queue, and from there into the store.',
    )
    for (const [name, value] of METRICS) {
      const body = JSON.stringify({ name, value })
      this.#printer.command(`curl -X POST ${this.#url}/metrics -H "Content-Type: application/json" -d '${body}'`)
      const startMs = performance.now()
      const { status, text } = await this.#send(body)
      this.#printer.say(`${status} ${text}   ${duration(performance.now() - startMs)}`)
    }
  }

  async #query(): Promise<void> {
    this.#printer.step('Query', 'The last five minutes of a metric, as a JSON array.')
    for (const name of ['cpu_usage', 'memory_usage']) {
      const end = Date.now() + 1
      const path = `/query?name=${name}&start=${end - 300_000}&end=${end}`
      this.#printer.command(`curl "${this.#url}${path}"`)
      const startMs = performance.now()
      const text = await this.#text(path)
      this.#printer.say(`${text}   ${duration(performance.now() - startMs)}`)
    }
  }

  async #burst(): Promise<void> {
    const how = this.#isShort ? 'with times a second apart, all at once' : 'one a second'
    this.#printer.step('Alert', `A burst of ${BURST} samples at ${HIGH} %, ${how}.`)
    const early = await this.#alertOf('cpu_usage')
    const show = this.#printer.progress('sent', BURST)
    const beganMs = Date.now()
    for (let sent = 0; sent < BURST; sent++) {
      if (sent > 0 && !this.#isShort) await sleep(SECOND_MS, undefined, { signal: this.#signal })
      const timestamp = this.#isShort ? beganMs - (BURST - 1 - sent) * SECOND_MS : Date.now()
      await this.#send(JSON.stringify({ name: 'cpu_usage', value: HIGH, timestamp }))
      show(sent + 1)
    }
    const startMs = performance.now()
    let found = await this.#alertOf('cpu_usage')
    // The one sample of before and those of the burst.
    while ((found?.alert.samples ?? 0) <= BURST && performance.now() - startMs < ALERT_WITHIN_MS) {
      await sleep(50, undefined, { signal: this.#signal })
      found = await this.#alertOf('cpu_usage')
    }
    if (!found) throw new Error(`no alert fired within ${ALERT_WITHIN_MS / 1_000} s`)
    const { alert, rule } = found
    this.#printer.alert(alert.rule, [
      ['metric', rule.metric],
      ['condition', rule.expression],
      ['threshold', String(alert.threshold)],
      ['value', `${alert.value?.toLocaleString('en-US', { maximumFractionDigits: 2 })} of ${alert.samples} samples`],
      ['since', new Date(alert.since).toLocaleTimeString('en-GB')],
    ])
    if (early)
      this.#printer.say(
        'It has fired since the very first sample: 85 is above the threshold too, and rules look at each sample as it comes.',
      )
    this.#printer.say('Phase 0 looked every 10 s.')
  }

  async #concurrent(): Promise<void> {
    const posts = 100
    this.#printer.step('A hundred posts at once', `${posts} connections with a post each.`)
    const bodies = Array.from({ length: posts }, (_, index) => JSON.stringify({ name: 'load_test', value: index + 1 }))
    const { ms, refused } = await post(this.#url, bodies, posts, { signal: this.#signal })
    const stored = JSON.parse(await this.#text('/query?name=load_test')) as readonly unknown[]
    this.#printer.say(
      `${posts - refused} accepted in ${duration(ms)}: ${count((posts / ms) * 1_000)} requests/s. ${stored.length} are stored.`,
    )
    this.#printer.say(
      `Phase 0 needed about ${duration(SEED_POSTS_MS)}: ${count((posts / SEED_POSTS_MS) * 1_000)} requests/s. Each was a curl process of its own, which this is not.`,
    )
  }

  async #components(): Promise<void> {
    this.#printer.step(
      'The five components',
      'Each with the number that shows when it holds up the others, as on the page.',
    )
    const { ingestion, queue, storage, query, alerting } = JSON.parse(await this.#text('/status')) as Status
    const rows = [
      ['component', 'number', 'is'],
      [
        'Ingestion API',
        `${count(ingestion.acceptedRate)}/s`,
        `samples accepted over the last 10 s, ${count(ingestion.accepted)} in all`,
      ],
      ['Queue', `${count(queue.depth)} of ${count(queue.capacity)}`, 'samples that wait'],
      [
        'Storage Consumer',
        duration(storage.flushMs),
        `for the last flush, of ${count(storage.flushedSamples)} samples`,
      ],
      ['Query API', duration(query.p99 ?? 0), 'p99 of the queries of a minute'],
      [
        'Alerting Engine',
        duration(alerting.delayMs ?? 0),
        `from sample to notification, after ${count(alerting.evaluations)} evaluations`,
      ],
    ]
    this.#printer.table(rows, [1])
  }

  /** The alert about a metric that fires now. */
  async #alertOf(metric: string): Promise<{ readonly alert: Alert; readonly rule: Rule } | undefined> {
    const { rules } = JSON.parse(await this.#text('/rules')) as { readonly rules: readonly Rule[] }
    const { alerts } = JSON.parse(await this.#text('/alerts')) as { readonly alerts: readonly Alert[] }
    for (const rule of rules) {
      const alert = alerts.find((each) => each.rule === rule.name && each.state === 'firing')
      if (rule.metric === metric && alert) return { alert, rule }
    }
    return undefined
  }

  async #send(body: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`${this.#url}/metrics`, { method: 'POST', body, signal: this.#signal })
    const text = await response.text()
    if (response.status !== 202) throw new Error(`a post was answered with ${response.status}: ${text}`)
    return { status: response.status, text }
  }

  async #text(path: string): Promise<string> {
    const response = await fetch(this.#url + path, { signal: this.#signal })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${text}`)
    return text
  }
}
