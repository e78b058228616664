import fc from 'fast-check'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import type { AlertNotification } from './channel.ts'
import { alertsOf } from './channel-text.ts'
import { notificationOf } from './channel-test-kit.ts'
import type { AlertDigest, DigestChannel } from './digest.ts'
import { ReliableChannel } from './reliable-channel.ts'
import type { ReliableChannelOptions } from './reliable-options.ts'

// Against a receiver that does all that receivers do, whatever the order: every send settles once, what is told of an
// alert stays in order, no alert stays open at the receiver once its resolve was sent, and every count adds up.

const ALERTS = 6
const LIMITS = { concurrency: 2, capacity: 5, above: 2 }

/** `lost`: the receiver takes it, the answer does not come back. */
type Answer = 'ok' | 'slow' | 'fail' | 'refuse' | 'hang' | 'lost' | 'busy'
type Action = { alert: number } | { answer: Answer } | { ms: number }

const ANSWERS: readonly Answer[] = ['ok', 'ok', 'slow', 'fail', 'refuse', 'hang', 'lost', 'busy']

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ alert: fc.nat(ALERTS - 1) }) },
  { weight: 4, arbitrary: fc.record({ answer: fc.constantFrom(...ANSWERS) }) },
  { weight: 3, arbitrary: fc.record({ ms: fc.constantFrom(1, 100, 1000, 10_000) }) },
)

class Receiver implements DigestChannel {
  readonly name = 'model'
  readonly answers: Answer[] = []
  readonly open = new Set<string>()
  smallestDigest = Infinity
  readonly #clock: ManualClock
  /** What waits together, so that a digest can be told from what is in it. */
  readonly #sent: Map<string, AlertNotification>

  constructor(clock: ManualClock, sent: Map<string, AlertNotification>) {
    this.#clock = clock
    this.#sent = sent
  }

  async send(notification: AlertNotification): Promise<void> {
    await this.#answer([notification])
  }

  async sendDigest(digest: AlertDigest): Promise<void> {
    this.smallestDigest = Math.min(this.smallestDigest, digest.notifications)
    // `maxAlerts` is high enough that all of them are named.
    await this.#answer(digest.alerts.map(({ fingerprint }) => this.#sent.get(fingerprint) as AlertNotification))
  }

  async #answer(notifications: readonly AlertNotification[]): Promise<void> {
    const answer = this.answers.shift() ?? 'ok'
    if (answer === 'slow') await new Promise<void>((resolve) => this.#clock.schedule(500, resolve))
    if (answer === 'fail') throw new Error('down')
    if (answer === 'busy') throw Object.assign(new Error('busy'), { retryAfterMs: 3000 })
    // Nothing can be promised for a resolve that its receiver will never take.
    if (answer === 'refuse' && notifications.every(({ kind }) => kind === 'firing'))
      throw Object.assign(new Error('no'), { retryable: false })
    // Until after the timeout of the channel; the place is free by then.
    if (answer === 'hang') return new Promise<void>((resolve) => this.#clock.schedule(2000, resolve))
    for (const { kind, ...rest } of notifications)
      for (const { fingerprint } of alertsOf({ kind, ...rest })) {
        if (kind === 'firing') this.open.add(fingerprint)
        else this.open.delete(fingerprint)
      }
    if (answer === 'lost') throw Object.assign(new Error('lost'), { mayHaveArrived: true })
    return undefined
  }
}

async function play(actions: readonly Action[], options: ReliableChannelOptions) {
  const clock = new ManualClock()
  const sent = new Map<string, AlertNotification>()
  const receiver = new Receiver(clock, sent)
  const channel = new ReliableChannel(receiver, {
    clock,
    timers: clock,
    random: () => 0.5,
    timeoutMs: 1000,
    ...options,
  })
  const { signal } = new AbortController()
  const told = { sends: 0, settled: 0 }
  const chains = Array.from({ length: ALERTS }, () => Promise.resolve())
  const isFiring = Array.from({ length: ALERTS }, () => false)
  // As an emitter does it: one notification of an alert at a time, firing and resolved in turn.
  const tell = (index: number): void => {
    const kind = isFiring[index] ? 'resolved' : 'firing'
    isFiring[index] = !isFiring[index]
    const notification = notificationOf(kind, { rule: `A${index}`, severity: index % 2 ? 'red' : 'yellow' })
    told.sends++
    chains[index] = (chains[index] ?? Promise.resolve()).then(async () => {
      sent.set(notification.alert.fingerprint, notification)
      await channel.send(notification, { signal }).catch(() => {})
      told.settled++
    })
  }
  for (const each of actions) {
    if ('alert' in each) tell(each.alert)
    else if ('answer' in each) receiver.answers.push(each.answer)
    else await clock.advanceAsync(each.ms)
    await settle()
    const { waiting, pausing, running } = channel.snapshot()
    expect(running).toBeLessThanOrEqual(LIMITS.concurrency)
    expect(waiting + pausing).toBeLessThanOrEqual(LIMITS.capacity + ALERTS)
  }
  for (let index = 0; index < ALERTS; index++) if (isFiring[index]) tell(index)
  for (let turn = 0; turn < 200; turn++) await clock.advanceAsync(10_000)
  return { clock, channel, receiver, told }
}

const variants: readonly ReliableChannelOptions[] = [
  {},
  { digest: { above: LIMITS.above, windowMs: 0, maxAlerts: 100 } },
  { digest: { above: LIMITS.above, windowMs: 5000, maxAlerts: 100 }, circuit: { failures: 2, breakMs: 4000 } },
  { overflow: 'drop-oldest', circuit: { failures: 1, breakMs: 4000 } },
]

it('keeps every promise against any receiver', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 60 }),
      fc.constantFrom(...variants),
      fc.constantFrom(1, 3),
      async (actions, variant, attempts) => {
        const { concurrency, capacity } = LIMITS
        const { clock, channel, receiver, told } = await play(actions, { concurrency, capacity, attempts, ...variant })
        expect(told.settled).toBe(told.sends)
        expect([...receiver.open]).toEqual([])
        expect(receiver.smallestDigest).toBeGreaterThan(LIMITS.above)
        const { delivered, failed, dropped, waiting, pausing, running } = channel.snapshot()
        expect(delivered + failed + dropped).toBe(told.sends)
        expect([waiting, pausing, running, clock.pendingTimers]).toEqual([0, 0, 0, 0])
      },
    ),
    { numRuns: 150 },
  )
})
