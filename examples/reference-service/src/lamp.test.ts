import { Board, Cord, type StationLamp } from '@tps/andon'
import { CircuitBreaker } from '@tps/jidoka'
import { describe, expect, it } from 'vitest'
import { lampOf, stationsOf, whyOf } from './lamp.ts'
import { alertOf, snapshotsOf } from './snapshots-fixture.ts'
import type { LineSnapshots } from './snapshots.ts'

const well = snapshotsOf()

/** A board with one station of this colour, because of this reading. */
function boardWith(
  reading: string,
  value: string | number | boolean,
  colour: 'yellow' | 'red',
): LineSnapshots['board'] {
  const because = { reading, value, colour, yellow: null, red: null }
  const station: StationLamp = {
    station: 'kaizen',
    colour,
    because,
    why: 'as it is',
    readings: [because],
    kind: 'watched',
    since: '',
    ageMs: 0,
    isStale: false,
  }
  return { ...well.board, colour, stations: [station] }
}

function pulled(): LineSnapshots['board'] {
  const cord = new Cord({})
  cord.pull({ by: 'Taiichi', reason: 'a scratch' })
  return { ...new Board({}).snapshot(), cord: cord.snapshot() }
}

const breaker = new CircuitBreaker({ name: 'downstream' })
const forced = (() => {
  using _hold = breaker.forceOpen('deploy')
  return breaker.snapshot()
})()
const unhealthy = { status: 'unhealthy', latencyMs: null, checkedAt: null, error: 'refused' } as const
const failing = (consecutiveFailures: number) => ({
  watch: unhealthy,
  breaker: { ...well.breaker, consecutiveFailures },
})
const lasting = (alert: LineSnapshots['alerts'][number]) => ({ ...alert, activeMs: 10_000 })
const noRejections = { ...well.counters, rejectionRate: 0 }

describe('the lamp', () => {
  it.each<readonly [string, Partial<LineSnapshots>, string, string]>([
    ['a line that is well', {}, 'green', 'no alert, the circuit is closed'],
    ['an open circuit', { breaker: { ...well.breaker, state: 'open' } }, 'red', 'the downstream fails'],
    ['a circuit that is held open', { breaker: forced }, 'red', 'held open by hand'],
    ['a pulled cord', { board: pulled() }, 'red', 'Taiichi has pulled the cord: a scratch'],
    ['a queue out of reach', { queue: { ...well.queue, connected: false } }, 'red', 'out of reach'],
    ['a red alert that fires', { alerts: [alertOf('firing', 'red')] }, 'red', 'TooMuch fires: too much'],
    ['a yellow alert that fires', { alerts: [alertOf('firing', 'yellow')] }, 'yellow', 'TooMuch fires'],
    ['an alert that has just begun', { alerts: [alertOf('pending', 'red')] }, 'green', 'no alert'],
    ['an alert that is pending', { alerts: [lasting(alertOf('pending', 'red'))] }, 'yellow', 'TooMuch may be coming'],
    ['workers that are busy for a moment', { board: boardWith('utilization', 1, 'yellow') }, 'green', 'no alert'],
    ['a health check that failed', failing(1), 'yellow', 'refused'],
    ['two health checks that failed', failing(2), 'red', 'the downstream fails: refused'],
    ['a circuit that probes', { breaker: { ...well.breaker, state: 'half-open' } }, 'yellow', 'probing'],
    ['a red station', { board: boardWith('p99', 512.34, 'red') }, 'red', 'p99 is 512 ms, the promise is 200 ms'],
    ['a yellow station', { board: boardWith('depthRatio', 0.85, 'yellow') }, 'yellow', 'the queue is 85 % full'],
    ['errors that are over', { board: boardWith('errorRatio', 0.4, 'red'), counters: noRejections }, 'yellow', '40 %'],
    [
      'errors that go on',
      { board: boardWith('errorRatio', 0.4, 'red'), counters: { ...noRejections, rejectionRate: 3 } },
      'red',
      '40 %',
    ],
  ])('of %s', (_what, changes, lamp, why) => {
    expect(lampOf({ ...well, ...changes })).toEqual({ lamp, why: expect.stringContaining(why) })
  })
})

describe('the lamps of the stations', () => {
  const busy = boardWith('utilization', 1, 'yellow')

  it('leave out what passes by itself', () => {
    expect(stationsOf({ ...well, board: busy })).toMatchObject([
      { colour: 'green', why: '100 % of the workers are busy' },
    ])
  })

  it('show what lasts', () => {
    const alert = lasting(alertOf('pending', 'yellow'))
    const colourWith = (rule: string) => stationsOf({ ...well, board: busy, alerts: [{ ...alert, rule }] })[0]?.colour
    expect(colourWith('HighWorkerUtilization')).toBe('yellow')
    expect(colourWith('HighLatency')).toBe('green')
  })

  it('show other readings at once', () => {
    expect(stationsOf({ ...well, board: boardWith('depthRatio', 0.85, 'yellow') })).toMatchObject([
      { colour: 'yellow' },
    ])
  })
})

describe('why a lamp has its colour', () => {
  it.each([
    ['circuit.state', 'closed', 'the circuit is closed'],
    ['queue.state', 'open', 'the circuit in front of the queue is open'],
    ['watch.status', 'unhealthy', 'the downstream is unhealthy'],
    ['connected', true, 'the queue is connected'],
    ['connected', false, 'the queue is out of reach'],
    ['utilization', 0.925, '92.5 % of the workers are busy'],
    ['worst', 'none', 'no alert fires'],
    ['worst', 'red', 'an alert of severity red fires'],
    ['pending', 2, 'alerts that may be coming: 2'],
    ['of another kind', 2, 'as it is'],
  ])('is said of %s %s', (reading, value, says) => {
    const [station] = boardWith(reading, value, 'yellow').stations
    expect(station && whyOf(station)).toBe(says)
  })

  it('is what the board says where there is no reading', () => {
    expect(whyOf({ because: null, why: 'not read yet' })).toBe('not read yet')
  })
})
