import { describe, expect, it } from 'vitest'
import { make, recorder, START } from './alert-fixtures.ts'
import type { SilenceOptions } from './silences.ts'

const rules = [{ name: 'Slow', severity: 'red', threshold: { above: 200 } }] as const
const shard = (name: string) => ({ rule: 'Slow', labels: { shard: name } })

function setUp(more: object = {}) {
  const channel = recorder()
  return { channel, ...make({ rules, channels: [channel], ...more }) }
}

describe('a silence', () => {
  it('keeps a firing from channels, not from listeners, and nothing resolves there', () => {
    const { emitter, channel, told } = setUp()
    emitter.silence({ matchers: { shard: 'a' }, forMs: 1000, by: 'ada' })
    emitter.observe(shard('a'), 300)
    emitter.observe(shard('b'), 300)
    emitter.observe(shard('a'), 0)
    expect(channel.texts()).toEqual(['Slow{shard="b"} firing'])
    expect(told).toEqual([
      'Slow{shard="a"} firing',
      'Slow{shard="a"} silenced',
      'Slow{shard="b"} firing',
      'Slow{shard="a"} resolved',
    ])
  })

  it('lets what still fires through once its time is over', () => {
    const { emitter, channel, told, after } = setUp()
    emitter.silence({ matchers: { rule: 'Slow' }, forMs: 1000, by: 'ada' })
    emitter.observe('Slow', 300)
    after(999)
    expect(channel.texts()).toEqual([])
    expect(emitter.alerts()[0]).toMatchObject({ silencedBy: emitter.silences()[0]?.id })
    after(1)
    expect(channel.texts()).toEqual(['Slow{} firing'])
    expect(told).toEqual(['Slow{} firing', 'Slow{} silenced', 'Slow{} released'])
    expect(emitter.silences()).toEqual([])
    expect(emitter.alerts()[0]).not.toHaveProperty('silencedBy')
  })

  it('does not keep the resolve from whom was told before', () => {
    const { emitter, channel, told } = setUp()
    emitter.observe('Slow', 300)
    emitter.silence({ matchers: { severity: 'red' }, forMs: 1000, by: 'ada' })
    emitter.observe('Slow', 0)
    expect(channel.texts()).toEqual(['Slow{} firing', 'Slow{} resolved'])
    expect(told).toEqual(['Slow{} firing', 'Slow{} silenced', 'Slow{} resolved'])
  })

  it('keeps repeats and escalations back', () => {
    const boss = recorder('boss')
    const { emitter, channel, after } = setUp({
      channels: [recorder(), boss],
      repeatEveryMs: 100,
      escalation: [{ afterMs: 150, channels: ['boss'] }],
    })
    emitter.observe('Slow', 300)
    const { id } = emitter.silence({ matchers: { rule: 'Slow' }, forMs: 10_000, by: 'ada' })
    after(500)
    expect([...channel.texts(), ...boss.texts()]).toEqual([])
    emitter.expireSilence(id)
    expect(boss.texts()).toEqual(['Slow{} firing/escalation'])
  })

  it('ends before its time when it is told to, once', () => {
    const { emitter, channel } = setUp()
    const ended: string[] = []
    emitter.on('silenceEnded', ({ by }) => ended.push(by))
    const { id } = emitter.silence({ matchers: { rule: 'Slow' }, forMs: 1000, by: 'ada' })
    emitter.observe('Slow', 300)
    expect(emitter.expireSilence(id)).toBe(true)
    expect(emitter.expireSilence(id)).toBe(false)
    expect(channel.texts()).toEqual(['Slow{} firing'])
    expect(ended).toEqual(['ada'])
  })

  it('is listed as plain JSON, with who and why, until when', () => {
    const { emitter, clock } = setUp()
    clock.advance(250)
    const silence = emitter.silence({
      matchers: { host: /^db-/gi, team: ['a', 'b'], zone: { not: { regex: '^x' } } },
      untilMs: START + 60_000,
      by: 'ada',
      comment: 'upgrade',
    })
    expect(JSON.parse(JSON.stringify(emitter.silences()))).toEqual([
      {
        id: silence.id,
        matchers: { host: { regex: '^db-', flags: 'gi' }, team: ['a', 'b'], zone: { not: { regex: '^x' } } },
        by: 'ada',
        comment: 'upgrade',
        createdAt: '2026-01-01T00:00:00.250Z',
        endsAt: '2026-01-01T00:01:00.000Z',
      },
    ])
    expect(Object.isFrozen(silence)).toBe(true)
    expect(emitter.snapshot()).toMatchObject({ silences: 1, silenced: 0 })
  })

  it('lasts by the monotonic clock: a step of the wall clock does not end it', () => {
    let stepMs = 0
    const { emitter, clock } = setUp({ wallNow: () => START + stepMs })
    emitter.silence({ matchers: { rule: 'Slow' }, untilMs: START + 1000, by: 'ada' })
    stepMs = 3_600_000
    expect(emitter.silences()).toHaveLength(1)
    clock.advance(1000)
    expect(emitter.silences()).toHaveLength(0)
  })

  it('has a bound, at which it is refused', () => {
    const { emitter, clock } = setUp({ maxSilences: 1 })
    const options: SilenceOptions = { matchers: { rule: 'Slow' }, forMs: 1000, by: 'ada' }
    const first = emitter.silence(options)
    expect(() => emitter.silence(options)).toThrow(
      expect.objectContaining({ name: 'SilencesFullError', code: 'ERR_SILENCES_FULL', emitter: 'andon', limit: 1 }),
    )
    clock.advance(1000)
    expect(emitter.silence(options).id).not.toBe(first.id)
  })

  it.each<[object, string]>([
    [{ by: '' }, 'by must have from 1 to 256 characters, got 0'],
    [{ by: undefined }, 'by must be a string, got undefined'],
    [{ comment: 'x'.repeat(1001) }, 'comment must have from 0 to 1000 characters, got 1001'],
    [{ forMs: undefined }, 'silence must have either "forMs" or "untilMs"'],
    [{ untilMs: START + 5 }, 'silence must have either "forMs" or "untilMs"'],
    [{ forMs: Infinity }, 'forMs must be a finite number'],
    [{ forMs: undefined, untilMs: START }, 'untilMs must be a finite number'],
    [{ matchers: {} }, 'matchers must have from 1 to 16 labels, got 0'],
  ])('is refused with %o', (change, message) => {
    const { emitter } = setUp()
    expect(() => emitter.silence({ matchers: { rule: 'Slow' }, forMs: 1, by: 'ada', ...change })).toThrow(message)
    expect(emitter.silences()).toEqual([])
  })
})
