import { writeFileSync } from 'node:fs'
import { UsageError } from '../command-line.ts'
import { type Phase, arrivals } from './arrivals.ts'
import { OpenLoop } from './open-loop.ts'
import type { LoadOptions } from './options.ts'
import { Sender } from './sender.ts'
import { Tally } from './tally.ts'
import { progressLine } from './text.ts'
import { type Gauge, StatusWatch } from './watch.ts'

const POLL_MS = 250

/** One load test under way: sends, watches the service, and prints progress. */
export class LoadRun implements AsyncDisposable {
  readonly options: LoadOptions
  readonly total = new Tally()
  readonly watch: StatusWatch
  readonly #sender: Sender
  readonly #loop: OpenLoop
  /** Prints for people: apart from the JSON where that goes to standard output. */
  readonly say: (text: string) => void
  readonly #startMs = performance.now()
  #followers: ((gauge: Gauge) => void)[] = []
  #nextMs = performance.now()
  /** Since the last line of progress. */
  #lately = new Tally()
  #progress: NodeJS.Timeout | undefined

  private constructor(options: LoadOptions) {
    this.options = options
    this.say = options.json === '-' ? console.error : console.log
    this.#sender = new Sender(options)
    this.#loop = new OpenLoop({ send: (index) => this.#sender.send(index), maxInFlight: options.maxInFlight })
    this.watch = new StatusWatch(options.url, (gauge) => {
      for (const follow of this.#followers) follow(gauge)
    })
  }

  /**
   * Begins: takes a first reading of the service, where it gives one.
   * @throws UsageError when nobody answers there.
   */
  static async start(options: LoadOptions): Promise<LoadRun> {
    await fetch(options.url, { method: 'HEAD', signal: AbortSignal.timeout(options.timeoutMs) }).catch(
      (error: Error) => {
        throw new UsageError(
          `Nobody answers at ${options.url.href} (${reasonOf(error)}). Does the service run? "pnpm start" starts it.`,
          { cause: error },
        )
      },
    )
    const run = new LoadRun(options)
    await run.watch.read()
    run.watch.start(POLL_MS)
    run.#nextMs = performance.now()
    return run
  }

  /** Seconds since it began. */
  get seconds(): number {
    return (performance.now() - this.#startMs) / 1_000
  }

  /** Calls `follower` with every reading of the service from now on; returns what ends that. */
  follow(follower: (gauge: Gauge) => void): () => void {
    this.#followers.push(follower)
    return () => void (this.#followers = this.#followers.filter((other) => other !== follower))
  }

  /**
   * Sends one phase, directly after the one before it, counts it in `tally` as well, and prints progress. Resolves when
   * its time is over; answers may still come.
   */
  async phase(phase: Phase, tally: Tally = new Tally(), signal?: AbortSignal): Promise<Tally> {
    const startMs = this.#nextMs
    this.#nextMs = startMs + phase.durationMs
    // Over all phases: some are shorter than the time between two lines.
    this.#progress ??= setInterval(() => this.#sayProgress(), this.options.progressMs)
    const offsets = arrivals(phase, this.options.spacing)
    await this.#loop.run(offsets, startMs, () => [this.total, tally, this.#lately], signal)
    if (!signal?.aborted) await until(this.#nextMs)
    return tally
  }

  /** Resolves once every signal that was sent has its answer. Prints no more progress. */
  async settled(): Promise<void> {
    clearInterval(this.#progress)
    await this.#loop.settled()
  }

  #sayProgress(): void {
    this.say(progressLine(`${Math.round(this.seconds)} s`, this.#lately.count(), this.watch.last))
    this.#lately = new Tally()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.settled()
    this.watch.stop()
    this.#sender.close()
  }
}

async function until(moment: number): Promise<void> {
  const restMs = moment - performance.now()
  if (restMs > 0) await new Promise((resolve) => void setTimeout(resolve, restMs))
}

function reasonOf({ cause, message }: Error): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : message
}

/** Writes a summary as JSON to where the options say. */
export function writeJson(target: string | undefined, summary: object): void {
  if (target === undefined) return
  const text = `${JSON.stringify(summary, null, 2)}\n`
  if (target === '-') process.stdout.write(text)
  else writeFileSync(target, text)
}
