import { settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { make, recorder } from './alert-fixtures.ts'
import type { Channel } from './channel.ts'
import type { AlertEmitterOptions } from './options.ts'
import type { AlertRule } from './rule.ts'

const rules: AlertRule[] = [
  { name: 'Slow', severity: 'red', threshold: { above: 0 } },
  { name: 'Full', severity: 'yellow', threshold: { above: 0 } },
]
const group = { by: ['rule'], waitMs: 100, intervalMs: 1000 }

function setUp(options: Partial<AlertEmitterOptions> = {}) {
  const channel = recorder()
  const made = make({ rules, channels: [channel], group, ...options })
  const fire = (shard: string, rule = 'Slow'): void => made.emitter.observe({ rule, labels: { shard } }, 1)
  const clear = (shard: string, rule = 'Slow'): void => made.emitter.observe({ rule, labels: { shard } }, 0)
  return { ...made, channel, fire, clear }
}

describe('a group', () => {
  it('collects for waitMs, then is told as one', () => {
    const { channel, fire, after, emitter } = setUp()
    fire('a')
    fire('b')
    fire('x', 'Full')
    after(99)
    expect(channel.got).toEqual([])
    expect(emitter.snapshot().channels[0]).toMatchObject({ collecting: 3 })
    after(1)
    expect(channel.texts()).toEqual(['Slow{shard="a"},Slow{shard="b"} firing', 'Full{shard="x"} firing'])
    expect(channel.got[0]).toMatchObject({
      kind: 'firing',
      alert: { fingerprint: 'Slow{shard="a"}' },
      group: { key: '{rule="Slow"}#0', labels: { rule: 'Slow' }, firing: 2 },
    })
    expect(new Set(channel.got.map(({ id }) => id)).size).toBe(2)
  })

  it('tells later changes every intervalMs, resolves first, each alert once', () => {
    const { channel, fire, clear, after } = setUp()
    fire('a')
    after(100)
    fire('b')
    clear('a')
    after(999)
    fire('c')
    expect(channel.got).toHaveLength(1)
    after(1)
    expect(channel.texts().slice(1)).toEqual(['Slow{shard="a"} resolved', 'Slow{shard="b"},Slow{shard="c"} firing'])
    expect(channel.got.map((one) => one.group?.firing)).toEqual([1, 0, 2])
  })

  it('says nothing of what came and went unheard', () => {
    const { channel, fire, clear, after, emitter } = setUp()
    fire('a')
    clear('a')
    after(100)
    expect(channel.got).toEqual([])
    expect(emitter.snapshot().channels[0]).toMatchObject({ collecting: 0 })
    fire('b')
    after(100)
    expect(channel.texts()).toEqual(['Slow{shard="b"} firing'])
  })

  it('says nothing of what went and came back unheard, and resolves it once', () => {
    const { channel, fire, clear, after } = setUp()
    fire('a')
    after(100)
    clear('a')
    fire('a')
    after(1000)
    expect(channel.texts()).toEqual(['Slow{shard="a"} firing'])
    clear('a')
    after(1000)
    expect(channel.texts()).toEqual(['Slow{shard="a"} firing', 'Slow{shard="a"} resolved'])
  })

  it('begins anew, with waitMs, once it is over', () => {
    const { channel, fire, clear, after } = setUp()
    fire('a')
    after(100)
    clear('a')
    after(1000)
    fire('a')
    after(100)
    expect(channel.texts()).toHaveLength(3)
  })

  it('is told at once without waitMs', () => {
    const { channel, fire } = setUp({ group: { by: [], waitMs: 0 } })
    fire('a')
    expect(channel.texts()).toEqual(['Slow{shard="a"} firing'])
    expect(channel.got[0]?.group?.labels).toEqual({})
  })

  it('does not tell what is held back by the time it is told, and tells it once it is released', () => {
    const { channel, fire, after, emitter } = setUp()
    fire('a')
    fire('b')
    const { id } = emitter.silence({ matchers: { shard: 'a' }, forMs: 10_000, by: 'ada' })
    after(100)
    expect(channel.texts()).toEqual(['Slow{shard="b"} firing'])
    emitter.expireSilence(id)
    after(1000)
    expect(channel.texts()).toEqual(['Slow{shard="b"} firing', 'Slow{shard="a"} firing'])
  })

  it('is told by flush() without further waiting', async () => {
    const { channel, fire, emitter } = setUp()
    fire('a')
    await emitter.flush()
    expect(channel.texts()).toEqual(['Slow{shard="a"} firing'])
  })

  it('has one notification under way at a time, in order', async () => {
    const answers: (() => void)[] = []
    const texts: string[] = []
    const slow: Channel = {
      name: 'slow',
      async send({ kind, alerts }) {
        texts.push(`${alerts?.length} ${kind}`)
        return new Promise((resolve) => answers.push(resolve))
      },
    }
    const { fire, clear, after } = setUp({ channels: [slow] })
    fire('a')
    after(100)
    fire('b')
    clear('a')
    after(1000)
    expect(texts).toEqual(['1 firing'])
    for (let round = 0; round < 3; round++) {
      answers.shift()?.()
      await settle()
    }
    expect(texts).toEqual(['1 firing', '1 resolved', '1 firing'])
  })

  it('that finds its channel full is dropped, and never resolves there; a repeat tells it after all', async () => {
    const answers: (() => void)[] = []
    const texts: string[] = []
    const slow: Channel = {
      name: 'slow',
      async send({ kind, alert, reason = 'news' }) {
        texts.push(`${alert.rule} ${kind} ${reason}`)
        return new Promise((resolve) => answers.push(resolve))
      },
    }
    const { fire, clear, after, emitter } = setUp({ channels: [slow], channelCapacity: 1, repeatEveryMs: 5000 })
    const failures: string[] = []
    emitter.on('deliveryFailed', ({ reason, notification }) => failures.push(`${notification.alert.rule} ${reason}`))
    fire('a')
    fire('x', 'Full')
    fire('y', 'Full')
    after(100)
    expect(failures).toEqual(['Full full'])
    clear('y', 'Full')
    after(1000)
    answers.shift()?.()
    await settle()
    clear('a')
    after(5000)
    answers.shift()?.()
    await settle()
    after(100)
    expect(texts).toEqual(['Slow firing news', 'Slow resolved news', 'Full firing news'])
  })

  it('drops what it holds when the emitter is closed', () => {
    const { channel, fire, emitter } = setUp()
    const failures: string[] = []
    emitter.on('deliveryFailed', ({ reason }) => failures.push(reason))
    fire('a')
    emitter.close()
    expect(failures).toEqual(['closed'])
    expect(channel.got).toEqual([])
    expect(emitter.snapshot().channels[0]).toMatchObject({ collecting: 0, dropped: 1 })
  })
})

it('groups by route, and one by one where a route says so', () => {
  const channels = [recorder('one'), recorder('grouped')]
  const { emitter, after } = make({
    rules,
    channels,
    group,
    routes: [{ channels: ['one'], group: false }, { channels: ['grouped', 'one'] }],
  })
  emitter.observe('Slow', 1)
  expect(channels[0]?.texts()).toEqual(['Slow{} firing'])
  expect(channels[0]?.got[0]).not.toHaveProperty('alerts')
  expect(channels[1]?.texts()).toEqual([])
  after(100)
  expect(channels[1]?.got[0]?.group?.key).toBe('{rule="Slow"}#2')
})
