import { describe, expect, it } from 'vitest'
import { BEGIN_MS, Engine } from './alerting-fixture.ts'
import { answerOf } from './rules-answer.ts'
import { BUILT_IN, readRules } from './rules-read.ts'

const MINUTE_MS = 60_000
const CPU = '{ name: Cpu, metric: cpu, window: 60s, threshold: 80 }'
const rules = (...all: readonly string[]): string => `rules: [${all.join(', ')}]\n`

describe('an alert', () => {
  it('fires with the sample that makes it, says what the walkthrough wants to read, and resolves when the window is over', async () => {
    const engine = new Engine(BUILT_IN)
    for (let count = 0; count < 10; count++) {
      engine.take({ name: 'cpu_usage', value: count < 9 ? 72 : 352 })
      await engine.after(1_000)
    }
    expect(engine.lines).toMatchObject([
      {
        level: 40,
        msg: 'HighCpuUsage firing: avg(cpu_usage[60s]) > 80 (value 100) from 10 samples',
        rule: 'HighCpuUsage',
        state: 'firing',
        metric: 'cpu_usage',
        condition: 'avg(cpu_usage[60s]) > 80',
        threshold: 80,
        value: 100,
        samples: 10,
      },
    ])
    await engine.after(MINUTE_MS)
    expect(engine.lines[1]).toMatchObject({ level: 30, rule: 'HighCpuUsage', state: 'resolved' })
    expect(engine.team.texts()).toEqual(['HighCpuUsage{} firing', 'HighCpuUsage{} resolved'])
    expect(engine.alerting.alerts().alerts).toEqual([])
  })

  it('waits for what must last, and tells the value of then', async () => {
    const engine = new Engine(rules(CPU.replace('}', ', for: 10s }')))
    engine.take({ value: 90 })
    expect(engine.alerting.alerts().alerts).toMatchObject([{ state: 'pending', value: 90, samples: 1 }])
    await engine.after(5_000)
    engine.take({ value: 110 })
    await engine.after(4_900)
    expect(engine.lines).toEqual([])
    await engine.after(350)
    expect(engine.lines).toMatchObject([{ state: 'firing', value: 100, samples: 2 }])
    expect(engine.history()).toEqual(['Cpu ok>pending 90', 'Cpu pending>firing 100'])
    expect(engine.alerting.snapshot().delayMs).toBeLessThanOrEqual(251)
  })

  it('that is pending goes away when it is over before', async () => {
    const engine = new Engine(rules(CPU.replace('}', ', for: 10s }')))
    engine.take({ value: 90 })
    engine.take({ value: 10 })
    await engine.after(20_000)
    expect(engine.history()).toEqual(['Cpu ok>pending 90', 'Cpu pending>ok 50'])
    expect(engine.team.got).toEqual([])
  })

  it('goes on firing for a while if its rule says so', async () => {
    const engine = new Engine(rules(CPU.replace('}', ', keepFiring: 10s }')))
    engine.take({ value: 90 })
    engine.take({ value: 10 })
    await engine.after(9_900)
    expect(engine.history()).toEqual(['Cpu ok>firing 90'])
    await engine.after(400)
    expect(engine.history()).toEqual(['Cpu ok>firing 90', 'Cpu firing>ok 50'])
  })

  it.each([
    ['>', 80, false],
    ['>=', 80, true],
    ['<', 80, false],
    ['<=', 80, true],
    ['>=', 79.99999999999999, false],
    ['<=', 80.00000000000001, false],
  ])('of a rule %s 80 with a value of %d: %s', (op, value, isFiring) => {
    const engine = new Engine(rules(CPU.replace('}', `, op: '${op}' }`)))
    engine.take({ value })
    expect(engine.alerting.alerts().alerts.length > 0).toBe(isFiring)
  })

  it.each([
    ['resolve', ['Cpu ok>firing 90', 'Cpu firing>ok null']],
    ['keep', ['Cpu ok>firing 90']],
    ['fire', ['Cpu ok>firing 90']],
  ])('without samples any more, noData: %s', async (noData, history) => {
    const engine = new Engine(rules(CPU.replace('}', `, noData: ${noData} }`)))
    engine.take({ value: 90 })
    await engine.after(2 * MINUTE_MS)
    expect(engine.history()).toEqual(history)
    engine.take({ value: 10 })
    expect(engine.alerting.alerts().alerts).toEqual([])
  })

  it('fires when a series falls silent, if that is what its rule wants', async () => {
    const engine = new Engine(rules(CPU.replace('}', ', noData: fire }')))
    engine.take({ value: 10 })
    await engine.after(59_000)
    expect(engine.history()).toEqual([])
    await engine.after(1_500)
    expect(engine.history()).toEqual(['Cpu ok>firing null'])
  })

  it('is one for each series, with its tags as labels', () => {
    const engine = new Engine(rules(CPU.replace('}', ', labels: { team: ops } }')))
    engine.take(
      { tags: { host: 'a' }, value: 95 },
      { tags: { host: 'b' }, value: 90 },
      { tags: { host: 'c' }, value: 1 },
    )
    expect(engine.alerting.alerts().alerts.map(({ labels, value }) => [labels, value])).toEqual([
      [{ host: 'a', team: 'ops' }, 95],
      [{ host: 'b', team: 'ops' }, 90],
    ])
    expect(answerOf(engine.alerting.rules[0]!)).toMatchObject({
      expression: 'avg(cpu[60s]) > 80',
      state: 'firing',
      value: 95,
      samples: 1,
      seriesCount: 3,
      series: [
        { tags: { host: 'a' }, state: 'firing', value: 95 },
        { tags: { host: 'b' }, state: 'firing', value: 90 },
        { tags: { host: 'c' }, state: 'ok', value: 1 },
      ],
    })
  })

  it('is counted, with how long it took to be told', async () => {
    const engine = new Engine(rules(CPU))
    engine.team.before = async () => await new Promise((resolve) => void engine.clock.schedule(100, () => resolve()))
    engine.take({ value: 90 })
    await engine.after(1_000)
    expect(engine.alerting.snapshot()).toMatchObject({
      rules: 1,
      series: 1,
      evaluations: 1,
      firing: 1,
      notifications: { sent: 2, failed: 0, retried: 0, dropped: 0 },
    })
    expect(engine.alerting.snapshot().delayMs).toBeCloseTo(100, -1)
    engine.team.before = () => {
      throw new Error('down')
    }
    engine.take({ value: -90 })
    await engine.after(0)
    expect(engine.alerting.snapshot().notifications).toMatchObject({ sent: 3, failed: 1 })
    expect(engine.lines.at(-1)).toMatchObject({ level: 50, channel: 'team', msg: 'a notification was not delivered' })
  })
})

describe('people', () => {
  it('acknowledge by id, once it fires', () => {
    const engine = new Engine(rules(CPU))
    engine.take({ value: 90 })
    const { id } = engine.alerting.alerts().alerts[0]!
    expect(engine.alerting.acknowledge('unknown', 'ada')).toBeUndefined()
    expect(engine.alerting.acknowledge(id, 'ada')).toMatchObject({ id, acknowledgedBy: 'ada' })
    expect(engine.alerting.alerts().alerts).toMatchObject([{ id, acknowledgedBy: 'ada' }])
    expect(engine.alerting.history(1).events).toMatchObject([{ id, to: 'firing' }])
  })

  it('silence, for a time or until they end it', async () => {
    const engine = new Engine(rules(CPU))
    const { id } = engine.alerting.silence({ matchers: { rule: 'Cpu' }, forMs: MINUTE_MS, by: 'ada' })
    engine.take({ value: 90 })
    await engine.after(0)
    expect(engine.team.got).toEqual([])
    expect(engine.alerting.alerts()).toMatchObject({ alerts: [{ silencedBy: id }], silences: [{ id, by: 'ada' }] })
    expect(engine.alerting.expireSilence(id)).toBe(true)
    expect(engine.alerting.expireSilence(id)).toBe(false)
    await engine.after(0)
    expect(engine.team.texts()).toEqual(['Cpu{} firing'])
    expect(engine.alerting.snapshot().delayMs).toBeNull()
  })

  it('are told of groups, not of what another alert explains', async () => {
    const file = `${rules(CPU, CPU.replaceAll('pu', 'pu2'))}group: { by: [zone], wait: 1s }\ninhibitions: [{ source: { rule: Cpu }, target: { rule: Cpu2 } }]`
    const engine = new Engine(file)
    engine.take(
      { tags: { host: 'a', zone: 'eu' }, value: 90 },
      { tags: { host: 'b', zone: 'eu' }, value: 90 },
      { name: 'cpu2', tags: { host: 'a', zone: 'eu' }, value: 90 },
    )
    await engine.after(1_500)
    expect(engine.team.texts()).toEqual(['Cpu{host="a",zone="eu"}+Cpu{host="b",zone="eu"} firing'])
    const [a, , held] = engine.alerting.alerts().alerts
    expect(held).toMatchObject({ rule: 'Cpu2', inhibitedBy: a?.id })
  })
})

const ON_CALL = `on_call:
  rotation: [{ name: ada, channel: x }, { name: bob, channel: x }]
  start: ${BEGIN_MS}
  shift: 1h
escalation: [{ after: 5m, channels: [on-call] }]
repeat: 65m
`

function onDuty() {
  const engine = new Engine(`${rules(CPU.replace('60s', '1d'))}${ON_CALL}`)
  const [ada, bob] = [engine.people.get('ada')!, engine.people.get('bob')!]
  return { engine, ada, bob }
}

describe('the escalation', () => {
  it('tells whoever is on call at that moment, and of the resolve whoever was told', async () => {
    const { engine, ada, bob } = onDuty()
    await engine.after(58 * MINUTE_MS)
    engine.take({ value: 90 })
    expect(engine.alerting.alerts().onCall).toEqual({ now: 'ada', until: BEGIN_MS + 60 * MINUTE_MS, next: 'bob' })
    await engine.after(4.9 * MINUTE_MS)
    expect([...ada.got, ...bob.got]).toEqual([])
    await engine.after(MINUTE_MS)
    expect([ada.texts(), bob.texts()]).toEqual([[], ['Cpu{} firing escalation']])
    // The repeat comes in the shift of the other one.
    await engine.after(60 * MINUTE_MS)
    expect([ada.texts(), bob.texts()]).toEqual([['Cpu{} firing repeat'], ['Cpu{} firing escalation']])
    await engine.after(60 * MINUTE_MS)
    engine.take({ value: -90 })
    await engine.after(0)
    expect([ada.texts().at(-1), bob.texts().at(-1)]).toEqual(['Cpu{} resolved', 'Cpu{} resolved'])
  })

  it('ends when somebody acknowledges', async () => {
    const { engine, ada, bob } = onDuty()
    engine.take({ value: 90 })
    engine.alerting.acknowledge(engine.alerting.alerts().alerts[0]!.id, 'kim')
    await engine.after(10 * MINUTE_MS)
    expect([...ada.got, ...bob.got]).toEqual([])
  })
})

describe('new rules', () => {
  it('leave alerts of the same rules as they are', async () => {
    const engine = new Engine(rules(CPU, CPU.replaceAll('pu', 'pu2').replace('}', ', for: 10s }')))
    engine.take({ value: 90 }, { name: 'cpu2', value: 90 })
    await engine.after(5_000)
    engine.alerting.load(
      readRules(rules(CPU.replaceAll('pu', 'pu2').replace('}', ', for: 10s }'), CPU, CPU.replaceAll('pu', 'pu3'))),
    )
    await engine.after(4_000)
    expect(engine.history()).toEqual(['Cpu ok>firing 90', 'Cpu2 ok>pending 90'])
    await engine.after(1_500)
    expect(engine.history().slice(2)).toEqual(['Cpu2 pending>firing 90'])
    expect(engine.team.texts()).toEqual(['Cpu{} firing', 'Cpu2{} firing'])
    engine.take({ value: 60 })
    await engine.after(0)
    expect(engine.team.texts().at(-1)).toBe('Cpu{} resolved')
  })

  it('resolve what fires of rules that are changed or gone', async () => {
    const engine = new Engine(rules(CPU, CPU.replaceAll('pu', 'pu2')))
    engine.take({ tags: { host: 'a' }, value: 90 }, { name: 'cpu2', value: 90 })
    await engine.after(0)
    engine.alerting.load(readRules(rules(CPU.replace('80', '85'))))
    await engine.after(0)
    expect(engine.team.texts().slice(2).toSorted()).toEqual(['Cpu2{} resolved', 'Cpu{host="a"} resolved'])
    expect(engine.alerting.alerts().alerts).toEqual([])
    expect(engine.history().slice(2)).toEqual(['Cpu firing>ok 90', 'Cpu2 firing>ok null'])
    expect(engine.lines.slice(2)).toMatchObject([{ state: 'resolved' }, { state: 'resolved' }])
    engine.take({ tags: { host: 'a' }, value: 90 })
    expect(engine.alerting.alerts().alerts).toMatchObject([{ threshold: 85, samples: 1 }])
  })

  it('that can not be used change nothing', async () => {
    const engine = new Engine(rules(CPU))
    engine.take({ value: 90 })
    const wrong = readRules(`${rules(CPU)}escalation: [{ after: 1m, channels: [nobody] }]`)
    expect(() => engine.alerting.load(wrong)).toThrow(
      'escalation[0].channels[0] must be the name of one of the channels',
    )
    await engine.after(61_000)
    expect(engine.history()).toEqual(['Cpu ok>firing 90', 'Cpu firing>ok null'])
  })

  it('lose no notification that is under way', async () => {
    const engine = new Engine(rules(CPU))
    const answer = Promise.withResolvers<undefined>()
    engine.team.before = async () => await answer.promise
    engine.take({ value: 90 })
    engine.team.before = () => {}
    engine.alerting.load(readRules(rules(CPU, CPU.replaceAll('pu', 'pu2'))))
    answer.resolve(undefined)
    await engine.after(0)
    expect(engine.team.texts()).toEqual(['Cpu{} firing', 'Cpu{} firing'])
    expect(new Set(engine.team.got.map(({ id }) => id)).size).toBe(1)
  })
})

it('gives back its timers', async () => {
  const engine = new Engine(rules(CPU))
  engine.take({ value: 90 })
  await engine.alerting.stop()
  expect(engine.clock.pendingTimers).toBe(0)
})

/** Fires, tells who is on call, and is gone five minutes later without having been stopped. */
async function left(): Promise<{ engine: Engine; nowMs: number }> {
  const engine = new Engine(`${rules(CPU.replace('60s', '10m'))}${ON_CALL}`)
  engine.take({ tags: { host: 'a' }, value: 90 })
  await engine.after(6 * MINUTE_MS)
  expect(engine.people.get('ada')?.texts()).toEqual(['Cpu{host="a"} firing escalation'])
  return { engine, nowMs: engine.nowMs + 5 * MINUTE_MS }
}

describe('another process', () => {
  it('goes on: it fires nothing again, and tells of the resolve whoever was told of the firing', async () => {
    const { engine, nowMs } = await left()
    const next = new Engine(`${rules(CPU.replace('60s', '10m'))}${ON_CALL}`, engine.saved, nowMs)
    await next.after(9 * MINUTE_MS)
    expect(next.alerting.alerts().alerts).toMatchObject([{ rule: 'Cpu', state: 'firing', labels: { host: 'a' } }])
    next.take({ tags: { host: 'a' }, value: 10 })
    await next.after(0)
    expect(next.team.texts()).toEqual(['Cpu{host="a"} resolved'])
    expect([...next.people.values()].map((person) => person.texts())).toEqual([['Cpu{host="a"} resolved'], []])
    expect(next.history()).toEqual(['Cpu ok>firing 90', 'Cpu firing>ok 10'])
  })

  it('resolves what no sample comes of for a whole window', async () => {
    const { engine, nowMs } = await left()
    const next = new Engine(`${rules(CPU.replace('60s', '10m'))}${ON_CALL}`, engine.saved, nowMs)
    await next.after(9.9 * MINUTE_MS)
    expect(next.team.texts()).toEqual([])
    await next.after(0.4 * MINUTE_MS)
    expect(next.team.texts()).toEqual(['Cpu{host="a"} resolved'])
  })

  it('resolves what fires of rules that are others by now', async () => {
    const { engine, nowMs } = await left()
    const next = new Engine(`${rules(CPU)}${ON_CALL}`, engine.saved, nowMs)
    await next.after(250)
    expect(next.team.texts()).toEqual(['Cpu{host="a"} resolved'])
    expect(next.alerting.alerts().alerts).toEqual([])
    expect(next.history()).toEqual(['Cpu ok>firing 90', 'Cpu firing>ok null'])
  })

  it('begins anew with what it can not use', async () => {
    const { engine } = await left()
    const broken = { ...engine.saved!, emitter: { ...engine.saved!.emitter, channels: 5 as never } }
    const next = new Engine(rules(CPU), broken)
    expect(next.alerting.alerts().alerts).toEqual([])
    expect(next.lines).toMatchObject([{ level: 50, msg: 'the saved alerts can not be used: beginning anew' }])
  })
})
