import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import { type Made, make, recorder, START } from './alert-fixtures.ts'
import type { Channel } from './channel.ts'
import type { AlertEmitterOptions } from './options.ts'
import type { AlertRule } from './rule.ts'
import type { SavedAlertEmitter } from './saved.ts'

const rules: AlertRule[] = [
  { name: 'Slow', severity: 'red', threshold: { above: 200 }, forMs: 1000, keepFiringMs: 500 },
  { name: 'Down', severity: 'yellow', threshold: { below: 1 } },
]

/** Saves, waits for `downMs` while the wall clock goes on and is stepped by `stepMs`, and goes on in a new emitter. */
function restart(made: Made, options: Partial<AlertEmitterOptions>, { downMs = 0, stepMs = 0 } = {}): Made {
  const saved = JSON.parse(JSON.stringify(made.emitter)) as SavedAlertEmitter
  made.emitter.close()
  const clock = new ManualClock(7)
  const wallMs = saved.savedAt + downMs + stepMs
  return make({ rules, ...options, wallNow: () => wallMs + clock.now() - 7 }, clock, (all) =>
    AlertEmitter.restore(saved, all),
  )
}

describe('over a restart', () => {
  it('a channel that got the firing gets its resolve, and no second firing', () => {
    const channels = [recorder()]
    const first = make({ rules, channels })
    first.emitter.observe('Down', 0)
    const [{ startsAt } = {}] = first.emitter.alerts()
    const second = restart(first, { channels }, { downMs: 60_000 })
    second.emitter.evaluate()
    expect(channels[0]?.texts()).toEqual(['Down{} firing'])
    second.emitter.observe('Down', 1)
    expect(channels[0]?.texts()).toEqual(['Down{} firing', 'Down{} resolved'])
    expect(channels[0]?.got[1]?.alert).toMatchObject({ startsAt, endsAt: '2026-01-01T00:01:00.000Z', activeMs: 60_000 })
    expect(second.told).toEqual(['Down{} resolved'])
  })

  it('what was pending goes on, without the time that it was down', () => {
    const first = make({ rules })
    first.emitter.observe('Slow', 300)
    first.after(600)
    const second = restart(first, {}, { downMs: 60_000 })
    second.after(399)
    expect(second.told).toEqual([])
    second.after(1)
    expect(second.told).toEqual(['Slow{} firing'])
  })

  it('what was clearing goes on clearing', () => {
    const first = make({ rules })
    first.emitter.observe('Slow', 300)
    first.after(1000)
    first.emitter.observe('Slow', 0)
    first.after(300)
    const second = restart(first, {}, { downMs: 60_000 })
    second.after(199)
    expect(second.told).toEqual([])
    second.after(1)
    expect(second.told).toEqual(['Slow{} resolved'])
  })

  it.each([-86_400_000, 0, 86_400_000])('a wall clock that was stepped by %d ms bends nothing', (stepMs) => {
    const channels = [recorder()]
    const first = make({ rules, channels })
    first.emitter.observe('Down', 0)
    const [{ startsAt } = {}] = first.emitter.alerts()
    const second = restart(first, { channels }, { downMs: 1000, stepMs })
    expect(second.emitter.alerts()[0]).toMatchObject({ startsAt, activeMs: Math.max(0, 1000 + stepMs) })
    second.emitter.observe('Down', 1)
    const { endsAt } = channels[0]?.got[1]?.alert ?? {}
    expect(Date.parse(endsAt ?? '')).toBeGreaterThanOrEqual(START)
  })

  it('what is expected to come is still expected', () => {
    const absence: AlertRule[] = [{ name: 'Silent', severity: 'red', absence: { afterMs: 1000 } }]
    const first = make({ rules: absence })
    first.emitter.observe({ rule: 'Silent', labels: { host: 'a' } }, 1)
    first.after(600)
    const second = restart(first, { rules: absence }, { downMs: 5000 })
    second.after(400)
    expect(second.told).toEqual([])
    second.after(1)
    second.after(5000)
    expect(second.told).toEqual(['Silent{host="a"} firing'])
  })

  it('silences last for the rest of their time, the time that it was down included', () => {
    const channels = [recorder()]
    const first = make({ rules, channels })
    first.emitter.silence({ matchers: { rule: /^D/ }, forMs: 10_000, by: 'ada', comment: 'why' })
    first.emitter.silence({ matchers: { rule: 'Slow' }, forMs: 1000, by: 'bob' })
    first.emitter.observe('Down', 0)
    const before = first.emitter.silences()[0]
    const second = restart(first, { channels }, { downMs: 4000 })
    expect(second.emitter.silences()).toEqual([before])
    second.after(5999)
    expect(channels[0]?.texts()).toEqual([])
    second.after(1)
    expect(channels[0]?.texts()).toEqual(['Down{} firing'])
  })

  it('what was acknowledged stays so; what was not escalates and repeats when it would have', () => {
    const channels = ['team', 'boss'].map((name) => recorder(name))
    const options = { channels, repeatEveryMs: 3000, escalation: [{ afterMs: 5000, channels: ['boss'] }] }
    const first = make({ rules, ...options })
    for (const shard of ['a', 'b']) first.emitter.observe({ rule: 'Down', labels: { shard } }, 0)
    first.emitter.acknowledge({ shard: 'a' }, { by: 'ada' })
    const second = restart(first, options, { downMs: 2000 })
    expect(second.emitter.alerts().map(({ acknowledgedBy }) => acknowledgedBy)).toEqual(['ada', undefined])
    second.after(999)
    expect(channels[0]?.got).toHaveLength(2)
    second.after(1)
    expect(channels[0]?.texts().slice(2)).toEqual(['Down{shard="b"} firing/repeat'])
    second.after(2000)
    expect(channels[1]?.texts()).toEqual(['Down{shard="b"} firing/escalation'])
    const third = restart(second, options)
    third.emitter.evaluate()
    expect(channels[1]?.got).toHaveLength(1)
    third.after(3000)
    const ids = channels.flatMap(({ got }) => got.map(({ id }) => id))
    expect(ids).toHaveLength(6)
  })

  it('an alert whose rule is gone, or has other labels, resolves where it was told', () => {
    const channels = [recorder()]
    const first = make({ rules, channels })
    first.emitter.observe('Down', 0)
    first.emitter.observe({ rule: 'Down', labels: { shard: 'a' } }, 0)
    const relabelled = restart(first, { channels, rules: [{ ...rules[1]!, labels: { team: 'x' } }] })
    expect(channels[0]?.got).toHaveLength(2)
    relabelled.emitter.evaluate()
    expect(channels[0]?.texts().slice(2).toSorted()).toEqual(['Down{shard="a"} resolved', 'Down{} resolved'])
    expect(channels[0]?.got.at(-1)?.alert).toMatchObject({ state: 'resolved', endsAt: expect.any(String) as string })
    expect(relabelled.emitter.history()).toHaveLength(2)
    expect(relabelled.emitter.alerts()).toEqual([])
  })

  it('a channel that is new is told of what fires; one that is gone is forgotten', () => {
    const [old, fresh] = [recorder('old'), recorder('fresh')]
    const first = make({ rules, channels: [old] })
    first.emitter.observe('Down', 0)
    const second = restart(first, { channels: [fresh] })
    second.emitter.evaluate()
    second.emitter.observe('Down', 1)
    expect(old.texts()).toEqual(['Down{} firing'])
    expect(fresh.texts()).toEqual(['Down{} firing', 'Down{} resolved'])
  })

  it('a rule that got a source goes on with it', () => {
    const channels = [recorder()]
    const first = make({ rules, channels })
    first.emitter.observe('Down', 0)
    const second = restart(first, { channels, rules: [{ ...rules[1]!, source: () => 5 } as AlertRule] })
    second.emitter.evaluate()
    expect(channels[0]?.texts()).toEqual(['Down{} firing', 'Down{} resolved'])
  })

  it('groups go on: the resolve comes in the group in which the firing was told', () => {
    const channels = [recorder()]
    const group = { by: ['rule'], waitMs: 100, intervalMs: 1000 }
    const first = make({ rules, channels, group })
    for (const shard of ['a', 'b', 'c']) first.emitter.observe({ rule: 'Down', labels: { shard } }, 0)
    first.after(100)
    first.emitter.observe({ rule: 'Down', labels: { shard: 'c' } }, 1)
    first.emitter.on('deliveryFailed', () => {})
    const second = restart(first, { channels, group: { ...group, by: ['severity'] } })
    second.emitter.evaluate()
    expect(channels[0]?.texts().slice(1)).toEqual(['Down{shard="c"} resolved'])
    for (const shard of ['a', 'b']) second.emitter.observe({ rule: 'Down', labels: { shard } }, 1)
    second.after(1000)
    const keys = channels[0]?.got.map((one) => `${one.group?.key} ${one.group?.firing}`)
    expect(keys?.at(-1)).toBe('{rule="Down"}#0 0')
    expect(new Set(keys?.map((key) => key.split(' ')[0]))).toEqual(new Set(['{rule="Down"}#0']))
    expect(channels[0]?.got.slice(1).flatMap(({ alerts }) => alerts)).toHaveLength(3)
  })

  it('a group that goes on waits as groups do by now', () => {
    const channels = [recorder()]
    const group = { by: ['rule'], waitMs: 100, intervalMs: 1000 }
    const first = make({ rules, channels, group })
    first.emitter.observe({ rule: 'Down', labels: { shard: 'a' } }, 0)
    first.after(100)
    const second = restart(first, { channels, group })
    second.emitter.observe({ rule: 'Down', labels: { shard: 'b' } }, 0)
    second.after(99)
    expect(channels[0]?.got).toHaveLength(1)
    second.after(1)
    expect(channels[0]?.got[1]?.group).toMatchObject({ key: '{rule="Down"}#0', firing: 2 })
  })

  it('flapping goes on, and its memory with it', () => {
    const flapHold = { changes: 2, withinMs: 1000, calmMs: 1000 }
    const first = make({ rules, flapHold })
    for (const value of [0, 1]) first.emitter.observe('Down', value)
    const second = restart(first, { flapHold })
    second.emitter.observe('Down', 0)
    expect(second.told).toEqual(['Down{} firing', 'Down{} flapping'])
    second.emitter.observe('Down', 1)
    const third = restart(second, { flapHold })
    expect(third.emitter.snapshot()).toMatchObject({ firing: 1, flapping: 1 })
    third.after(1000)
    expect(third.told).toEqual(['Down{} steady', 'Down{} resolved'])
  })

  it('the history is there, and ids are not used again', () => {
    const channels = [recorder()]
    const first = make({ rules, channels })
    for (const value of [0, 1]) first.emitter.observe('Down', value)
    const second = restart(first, { channels })
    expect(second.emitter.history()).toEqual(first.emitter.history())
    for (const value of [0, 1]) second.emitter.observe('Down', value)
    expect(new Set(channels[0]?.got.map(({ id }) => id)).size).toBe(4)
  })
})

function slow() {
  const calls: { readonly text: string; readonly id: string; readonly done: () => void }[] = []
  const channel: Channel = {
    name: 'slow',
    send: async ({ id, kind }) => new Promise<void>((resolve) => calls.push({ text: kind, id, done: resolve })),
  }
  return { channel, calls }
}

describe('what was under way', () => {
  it.each([true, false])(
    'is sent again with the same id, before what waited, closed first: %s',
    async (closesFirst) => {
      const { channel, calls } = slow()
      const first = make({ rules, channels: [channel] })
      first.emitter.on('deliveryFailed', () => {})
      for (const value of [0, 1]) first.emitter.observe('Down', value)
      if (closesFirst) first.emitter.close()
      const second = restart(first, { channels: [channel] })
      expect(calls).toHaveLength(1)
      second.emitter.evaluate()
      expect(calls.map(({ text }) => text)).toEqual(['firing', 'firing'])
      expect(calls[1]?.id).toBe(calls[0]?.id)
      calls[1]?.done()
      await settle()
      expect(calls[2]?.text).toBe('resolved')
      calls[2]?.done()
      await settle()
      expect(second.emitter.toJSON().channels).toEqual([{ name: 'slow', open: [], owed: [], groups: [] }])
    },
  )

  it('comes before whatever is new of its alert, also when that would be told in another way now', async () => {
    const { channel, calls } = slow()
    const first = make({ rules, channels: [channel], group: { by: ['rule'], waitMs: 0 } })
    first.emitter.observe('Down', 0)
    const second = restart(first, { channels: [channel], group: { by: ['severity'], waitMs: 0 } })
    for (const value of [1, 0]) second.emitter.observe('Down', value)
    for (let answered = 1; answered < 4; answered++) {
      expect(calls).toHaveLength(answered + 1)
      calls[answered]?.done()
      await settle()
    }
    expect(calls.map(({ text }) => text)).toEqual(['firing', 'firing', 'resolved', 'firing'])
  })

  it('is sent by flush() as well', async () => {
    const { channel, calls } = slow()
    const first = make({ rules, channels: [channel] })
    first.emitter.observe('Down', 0)
    const second = restart(first, { channels: [channel] })
    const flushed = second.emitter.flush()
    await settle()
    calls[1]?.done()
    await flushed
    expect(calls).toHaveLength(2)
  })
})

it('has the name that was saved unless it is given one', () => {
  const saved = make({ name: 'plant' }).emitter.toJSON()
  expect(AlertEmitter.restore(saved, { rules: [] }).name).toBe('plant')
  expect(AlertEmitter.restore(saved, { rules: [], name: 'other' }).name).toBe('other')
})
