import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BoardMessage } from './board-events.ts'
import type { LampColour } from './board-lamp.ts'
import { Board } from './board.ts'

const colour = fc.constantFrom<LampColour>('green', 'unknown', 'yellow', 'red')
const station = fc.constantFrom('a', 'b', 'c')
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), station, colour }),
  fc.record({ kind: fc.constant('watched' as const), value: fc.nat({ max: 10 }) }),
  fc.record({ kind: fc.constant('remove' as const), station }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.nat({ max: 60 }) }),
  fc.record({ kind: fc.constant('pull' as const), station }),
  fc.record({ kind: fc.constant('release' as const) }),
)

/** What somebody knows who has heard nothing but the messages. */
class Listener {
  readonly stations = new Map<string, LampColour>()
  colour: LampColour = 'unknown'
  isPulled = false
  #revision = -1

  hear(message: BoardMessage): void {
    expect(message.revision).toBeGreaterThan(this.#revision)
    this.#revision = message.revision
    if (message.kind === 'board') {
      for (const lamp of message.board.stations) this.stations.set(lamp.station, lamp.colour)
      this.colour = message.board.colour
      this.isPulled = message.board.cord.isPulled
    } else if (message.kind === 'lamp') {
      expect(this.stations.get(message.lamp.station) ?? null).toBe(message.from)
      this.stations.set(message.lamp.station, message.lamp.colour)
    } else if (message.kind === 'removed') expect(this.stations.delete(message.station)).toBe(true)
    else if (message.kind === 'cord') this.isPulled = message.cord.isPulled
    else {
      expect(this.colour).toBe(message.from)
      this.colour = message.to
    }
  }
}

it('tells its subscribers all they need to know the board, whenever they join', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat({ max: 40 }), (steps, joinAt) => {
      const clock = new ManualClock()
      const board = new Board({ clock, timers: clock, wallNow: () => 0, staleMs: 100 })
      const source = { name: 'w', value: 0, snapshot: () => ({ value: source.value }) }
      board.watch(source, [{ reading: 'value', yellow: { above: 3 }, red: { above: 6 } }])
      const listeners = [new Listener()]
      board.subscribe((message) => listeners[0]?.hear(message))
      for (const [index, one] of steps.entries()) {
        if (index === joinAt) {
          const late = new Listener()
          listeners.push(late)
          board.subscribe((message) => late.hear(message))
        }
        if (one.kind === 'set') board.set(one.station, { colour: one.colour })
        else if (one.kind === 'watched') source.value = one.value
        else if (one.kind === 'remove') board.remove(one.station)
        else if (one.kind === 'advance') clock.advance(one.ms)
        else if (one.kind === 'pull') board.cord.pull({ by: 'ann', reason: 'x', station: one.station })
        else board.cord.release({ by: 'ann' })
        board.refresh()
        const { stations, colour: whole, cord } = board.snapshot()
        for (const listener of listeners) {
          expect(Object.fromEntries(listener.stations)).toEqual(
            Object.fromEntries(stations.map((lamp) => [lamp.station, lamp.colour])),
          )
          expect([listener.colour, listener.isPulled]).toEqual([whole, cord.isPulled])
        }
      }
    }),
    { numRuns: 200 },
  )
})
