/** What ends a call: `named` fails with an error that names a break of 7 ms. */
export type End = 'success' | 'failure' | 'named' | 'ignore'

export const NAMED_MS = 7

/** The rules, with every default written out. */
export interface Settings {
  readonly window: { kind: 'time'; ms: number } | { kind: 'count'; calls: number }
  readonly consecutiveFailures: number
  readonly failureRatio: number
  readonly slowRatio: number
  readonly slowCallMs: number
  readonly minimumCalls: number
  readonly break: { readonly ms: number; readonly factor: number; readonly maxMs: number }
  readonly probe: { readonly calls: number; readonly successRatio: number; readonly maxWaitMs: number }
  readonly maxWaiting: number
  readonly rampUp: { readonly ms: number; readonly fromRatio: number } | undefined
  readonly mode: 'enforce' | 'observe'
}

export interface NaiveCall {
  status: 'waiting' | 'running' | 'refused' | 'over'
  startMs: number
  /** -1 when its outcome says nothing to the rules. */
  generation: number
  isProbe: boolean
}

interface Logged {
  readonly atMs: number
  readonly failed: boolean
  readonly slow: boolean
}

/**
 * A breaker as one would write it without a thought of cost, for the model test: it lives through every ms and keeps
 * every outcome.
 */
export class NaiveBreaker {
  now = 0
  state: 'closed' | 'open' | 'half-open' = 'closed'
  generation = 0
  sinceMs = 0
  untilMs = 0
  openings = 0
  streak = 0
  forced = 0
  disabled = 0
  isRamping = false
  credit = 0
  windowSinceMs = 0
  log: Logged[] = []
  probes: NaiveCall[] = []
  probeEnds: boolean[] = []
  waiting: NaiveCall[] = []
  changes: string[] = []
  totals: Record<string, number> = { success: 0, failure: 0, ignored: 0, slow: 0, late: 0, rejected: 0, wouldReject: 0 }
  settings: Settings

  constructor(settings: Settings) {
    this.settings = settings
  }

  get held(): 'forced-open' | 'disabled' | undefined {
    if (this.forced > 0) return 'forced-open'
    return this.disabled > 0 ? 'disabled' : undefined
  }

  advance(ms: number): void {
    for (let passed = 0; passed < ms; passed++) {
      this.now++
      this.#pass()
      this.seat()
    }
  }

  /** A call comes: it runs, is refused, or waits. */
  call(mayWait: boolean): NaiveCall {
    const call: NaiveCall = { status: 'refused', startMs: 0, generation: -1, isProbe: false }
    if (this.#admit(call)) return call
    if (this.settings.mode === 'observe') {
      this.totals['wouldReject']!++
      this.#run(call, -1)
    } else if (mayWait && this.#mayWait() && this.waiting.length < this.settings.maxWaiting) {
      call.status = 'waiting'
      this.waiting.push(call)
    } else this.totals['rejected']!++
    return call
  }

  settle(call: NaiveCall, end: End): void {
    call.status = 'over'
    const slow = end !== 'ignore' && this.now - call.startMs >= this.settings.slowCallMs
    this.totals[end === 'ignore' ? 'ignored' : end === 'success' ? end : 'failure']!++
    if (slow) this.totals['slow']!++
    if (call.generation === -1) return
    if (call.generation !== this.generation || (call.isProbe && !this.probes.includes(call))) this.totals['late']!++
    else if (call.isProbe) this.#settleProbe(call, end, slow)
    else if (end !== 'ignore') this.#settleClosed(end, slow)
    this.seat()
  }

  /** The caller of a waiting call goes away. */
  leave(call: NaiveCall): void {
    call.status = 'over'
    this.waiting.splice(this.waiting.indexOf(call), 1)
  }

  reset(): void {
    this.#become('closed')
    this.openings = 0
    this.isRamping = false
    this.seat()
  }

  reconfigure(settings: Settings): void {
    const { window, probe } = this.settings
    const kept = this.#kept()
    this.#forget()
    if (window.kind === 'time') this.#age(kept, window.ms, 0)
    else this.log = kept
    if (window.kind !== settings.window.kind) {
      this.log = []
      this.windowSinceMs = this.now
    }
    const before = { calls: probe.calls, needed: this.#needed(), maxWaitMs: probe.maxWaitMs }
    this.settings = settings
    const isAlike =
      before.calls === settings.probe.calls &&
      before.needed === this.#needed() &&
      before.maxWaitMs === settings.probe.maxWaitMs
    if (this.state === 'half-open' && !isAlike) this.#become('half-open')
    this.seat()
  }

  /** Another process goes on with it after `elapsedMs`: what ran or waited is gone, and so are the holds. */
  restore(elapsedMs: number): void {
    const { window } = this.settings
    this.#forget()
    if (window.kind === 'time') this.#age(this.#kept(), window.ms, elapsedMs)
    this.sinceMs -= elapsedMs
    this.windowSinceMs -= elapsedMs
    this.untilMs = Math.min(this.untilMs - elapsedMs, this.now + this.settings.break.maxMs)
    this.probes = []
    this.probeEnds = []
    this.waiting = []
    this.forced = this.disabled = this.credit = 0
    this.generation++
    this.#pass()
  }

  /** Gives the places there are to those who wait, in their order. */
  seat(): void {
    while (this.waiting[0]) {
      const [first] = this.waiting
      const isAdmitted = this.#admit(first)
      if (!isAdmitted && this.settings.mode === 'observe') {
        this.totals['wouldReject']!++
        this.#run(first, -1)
      } else if (!isAdmitted) {
        if (this.#mayWait()) return
        first.status = 'refused'
        this.totals['rejected']!++
      }
      this.waiting.shift()
    }
  }

  retryAfterMs(): number | null {
    if (this.held) return this.held === 'disabled' ? 0 : null
    if (this.state === 'open') return Math.ceil(this.untilMs - this.now)
    if (this.probes.length + this.probeEnds.length < this.settings.probe.calls || this.state === 'closed') return 0
    return Math.min(...this.probes.map(({ startMs }) => startMs)) + this.settings.probe.maxWaitMs - this.now
  }

  /** What a snapshot has to say. */
  read(): object {
    const kept = this.#kept()
    const failed = kept.filter((one) => one.failed).length
    const slow = kept.filter((one) => one.slow).length
    const share = (count: number): number => (kept.length === 0 ? 0 : count / kept.length)
    const succeeded = this.probeEnds.filter(Boolean).length
    return {
      state: this.held ?? this.state,
      mode: this.settings.mode,
      stateForMs: this.now - this.sinceMs,
      consecutiveFailures: this.streak,
      window: { completed: kept.length, failed, slow, failureRatio: share(failed), slowRatio: share(slow) },
      totals: this.totals,
      openings: this.state === 'closed' && this.#isWhole() ? 0 : this.openings,
      probes: { running: this.probes.length, succeeded, failed: this.probeEnds.length - succeeded },
      waiting: this.waiting.length,
      rampRatio: this.#rampRatio(),
      retryAfterMs: this.retryAfterMs(),
      nextProbeAt: this.state === 'open' ? this.untilMs : null,
    }
  }

  /** What time alone does at this moment. */
  #pass(): void {
    const { maxWaitMs } = this.settings.probe
    for (const probe of this.probes.filter(({ startMs }) => this.now >= startMs + maxWaitMs)) {
      if (this.state !== 'half-open') break
      this.probes.splice(this.probes.indexOf(probe), 1)
      this.#endProbe(false)
    }
    if (this.state === 'open' && this.now >= this.untilMs) this.#become('half-open', this.untilMs)
  }

  #admit(call: NaiveCall): boolean {
    if (this.held === 'forced-open' || (!this.held && !this.#hasPlace())) return false
    this.#run(call, this.held ? -1 : this.generation)
    call.isProbe = !this.held && this.state === 'half-open'
    if (call.isProbe) this.probes.push(call)
    return true
  }

  #run(call: NaiveCall, generation: number): void {
    Object.assign(call, { status: 'running', startMs: this.now, generation })
  }

  #mayWait(): boolean {
    return this.state === 'half-open' && !this.held
  }

  #hasPlace(): boolean {
    if (this.state === 'half-open') return this.probes.length + this.probeEnds.length < this.settings.probe.calls
    if (this.state === 'open') return false
    if (!this.isRamping) return true
    const ratio = this.#rampRatio()
    if (ratio === 1) this.isRamping = false
    this.credit += ratio
    if (this.credit < 1 - 1e-9) return false
    this.credit -= 1
    return true
  }

  #rampRatio(): number {
    const { rampUp } = this.settings
    if (this.state !== 'closed' || !this.isRamping || !rampUp || this.now - this.sinceMs >= rampUp.ms) return 1
    return rampUp.fromRatio + (1 - rampUp.fromRatio) * ((this.now - this.sinceMs) / rampUp.ms)
  }

  #settleProbe(probe: NaiveCall, end: End, slow: boolean): void {
    this.probes.splice(this.probes.indexOf(probe), 1)
    if (end === 'ignore') return
    const failed = end !== 'success' || (slow && this.settings.slowRatio <= 1)
    this.streak = failed ? this.streak + 1 : 0
    this.#endProbe(!failed, end)
  }

  #endProbe(succeeded: boolean, end?: End): void {
    this.probeEnds.push(succeeded)
    const { calls } = this.settings.probe
    const successes = this.probeEnds.filter(Boolean).length
    const reachable = calls - (this.probeEnds.length - successes)
    if (successes >= this.#needed()) this.#become('closed')
    else if (reachable < this.#needed()) this.#open(end)
  }

  /** The least number of successes that reaches the ratio. */
  #needed(): number {
    const { calls, successRatio } = this.settings.probe
    let needed = 1
    while (needed / calls < successRatio) needed++
    return needed
  }

  #settleClosed(end: End, slow: boolean): void {
    const failed = end !== 'success'
    this.#forget()
    this.log.push({ atMs: this.now, failed, slow })
    this.streak = failed ? this.streak + 1 : 0
    const { consecutiveFailures, failureRatio, slowRatio, minimumCalls } = this.settings
    const kept = this.#kept()
    const share = (count: number): number => count / kept.length
    const enough = kept.length >= minimumCalls
    const tooManyFailed = enough && share(kept.filter((one) => one.failed).length) >= failureRatio
    const tooManySlow = enough && share(kept.filter((one) => one.slow).length) >= slowRatio
    if (this.streak >= consecutiveFailures || tooManyFailed || tooManySlow) this.#open(end)
  }

  /** A whole healthy window makes the next opening the first. */
  #forget(): void {
    if (this.state === 'closed' && this.#isWhole()) this.openings = 0
  }

  #open(end: End | undefined): void {
    const { ms, factor, maxMs } = this.settings.break
    this.openings++
    this.untilMs = this.now + Math.min(maxMs, end === 'named' ? NAMED_MS : ms * factor ** (this.openings - 1))
    this.#become('open')
  }

  #become(state: 'closed' | 'open' | 'half-open', sinceMs = this.now): void {
    if (state !== 'closed' || this.state !== 'closed') this.changes.push(state)
    this.state = state
    this.generation++
    this.sinceMs = sinceMs
    this.probes = []
    this.probeEnds = []
    if (state !== 'closed') return
    const { rampUp } = this.settings
    this.isRamping = rampUp !== undefined
    this.credit = 1 - (rampUp?.fromRatio ?? 1)
    this.streak = 0
    this.log = []
    this.windowSinceMs = this.now
  }

  /** The outcomes that the window reaches back to. */
  #kept(): Logged[] {
    const { window } = this.settings
    if (window.kind === 'count') return this.log.slice(-window.calls)
    const slotOf = (atMs: number): number => Math.floor(atMs / (window.ms / 10))
    return this.log.filter(({ atMs }) => slotOf(atMs) > slotOf(this.now) - 10)
  }

  /** Outcomes that move to another window are as old as the beginning of their slot. */
  #age(kept: Logged[], windowMs: number, elapsedMs: number): void {
    const slotMs = windowMs / 10
    this.log = kept.map((one) => ({ ...one, atMs: Math.floor(one.atMs / slotMs) * slotMs - elapsedMs }))
  }

  #isWhole(): boolean {
    const { window } = this.settings
    return window.kind === 'count' ? this.log.length >= window.calls : this.now - this.windowSinceMs >= window.ms
  }
}
