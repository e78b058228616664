import type { OpenReason } from './events.ts'
import { type Verdict, describeFailure } from './outcome.ts'
import type { Rules } from './rules.ts'
import type { CircuitBreakerSnapshot } from './snapshot.ts'
import type { WindowOptions } from './options.ts'
import { type OutcomeWindow, createWindow } from './window.ts'

/** What has been counted: totals for telemetry, and what the trip rules look at. */
export class Tally {
  window: OutcomeWindow
  consecutiveFailures = 0
  lastFailure: unknown
  lastFailureMs: number | undefined
  success = 0
  failure = 0
  ignored = 0
  slow = 0
  late = 0
  rejected = 0
  wouldReject = 0
  opened = 0

  constructor(window: OutcomeWindow) {
    this.window = window
  }

  /** Counts a call that has ended in the totals. */
  end(nowMs: number, verdict: Verdict, slow: boolean, late: boolean, cause: unknown): void {
    if (late) this.late++
    if (slow) this.slow++
    if (verdict === 'success') this.success++
    else if (verdict === 'ignore') this.ignored++
    else {
      this.failure++
      this.lastFailure = cause
      this.lastFailureMs = nowMs
    }
  }

  /** Counts a call that was admitted while closed towards the trip rules, and says which of them holds now. */
  judge(nowMs: number, failed: boolean, slow: boolean, rules: Rules): OpenReason | undefined {
    const { window } = this
    window.record(nowMs, failed, slow)
    this.streak(failed)
    if (this.consecutiveFailures >= rules.consecutiveFailures) return 'consecutive-failures'
    if (window.completed < rules.minimumCalls) return undefined
    if (window.failed > 0 && window.failed / window.completed >= rules.failureRatio) return 'failure-ratio'
    if (window.slow > 0 && window.slow / window.completed >= rules.slowRatio) return 'slow-ratio'
    return undefined
  }

  /** Counts failures in a row. */
  streak(failed: boolean): void {
    this.consecutiveFailures = failed ? this.consecutiveFailures + 1 : 0
  }

  /** The circuit closes: what led to its opening is forgotten. */
  clear(nowMs: number): void {
    this.consecutiveFailures = 0
    this.window.clear(nowMs)
  }

  /** Goes on with another window, which takes over what it can of the present one. */
  reshape(options: WindowOptions, nowMs: number): void {
    this.window = createWindow(options, nowMs, this.window.save(nowMs))
  }

  readTotals(): CircuitBreakerSnapshot['totals'] {
    const { success, failure, ignored, slow, late, rejected, wouldReject, opened } = this
    return { success, failure, ignored, slow, late, rejected, wouldReject, opened }
  }

  readWindow(nowMs: number): CircuitBreakerSnapshot['window'] {
    this.window.advance(nowMs)
    const { completed, failed, slow } = this.window
    const share = (count: number): number => (completed === 0 ? 0 : count / completed)
    return { completed, failed, slow, failureRatio: share(failed), slowRatio: share(slow) }
  }

  readLastFailure(nowMs: number): CircuitBreakerSnapshot['lastFailure'] {
    const { lastFailure, lastFailureMs } = this
    if (lastFailureMs === undefined) return null
    return { message: describeFailure(lastFailure), agoMs: nowMs - lastFailureMs }
  }
}
