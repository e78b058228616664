import type { Alert } from './alert.ts'
import type { AlertNotification } from './channel.ts'
import { readField } from './reliable-try.ts'

/** What became of one sample. */
export interface ChannelTestStep {
  readonly kind: 'firing' | 'resolved'
  readonly isDelivered: boolean
  /** How long it took, in ms. */
  readonly durationMs: number
  /** Why it was not delivered; `null` when it was. */
  readonly error: { readonly name: string; readonly code: string | null; readonly message: string } | null
}

/** What `test()` found. Plain JSON. */
export interface ChannelTest {
  readonly channel: string
  /** Whether the sample, and its resolve, have arrived. */
  readonly isDelivered: boolean
  readonly steps: readonly ChannelTestStep[]
}

/** A firing and its resolve that say that they are a test. */
export function sampleOf(channel: string, wallMs: number): readonly AlertNotification[] {
  const labels = Object.freeze({ channel })
  const firing: Alert = Object.freeze({
    fingerprint: `AndonTest{channel=${JSON.stringify(channel)}}`,
    rule: 'AndonTest',
    labels,
    severity: 'yellow',
    state: 'firing',
    condition: 'a test',
    summary: 'This is a test: nothing is wrong',
    description: 'Somebody tests whether this channel works. Its resolve follows at once.',
    value: 1,
    activeSince: new Date(wallMs).toISOString(),
    startsAt: new Date(wallMs).toISOString(),
    endsAt: null,
    activeMs: 0,
  })
  const resolved: Alert = Object.freeze({
    ...firing,
    state: 'resolved',
    value: 0,
    endsAt: new Date(wallMs).toISOString(),
  })
  const id = `${firing.fingerprint}@${crypto.randomUUID()}`
  return [
    { id: `${id}/firing`, kind: 'firing', alert: firing },
    { id: `${id}/resolved`, kind: 'resolved', alert: resolved },
  ]
}

/** An error as plain JSON. */
export function describeError(error: unknown): { name: string; code: string | null; message: string } {
  const text = (field: string): string | undefined => {
    const value = readField(error, field)
    return typeof value === 'string' ? value : undefined
  }
  return {
    name: text('name') ?? 'Error',
    code: text('code') ?? null,
    message: text('message') ?? (typeof error === 'string' ? error : 'something that is no error was thrown'),
  }
}
