// Anyone may stop the line. It runs again once everyone has let go.
// #region readme
import { Board } from '@tps/andon'
import { CircuitBreaker } from '@tps/jidoka'

const board = new Board({ name: 'checkout' })
const { cord } = board

// A circuit breaker obeys: it is forced open while the cord is pulled.
const billing = new CircuitBreaker({ name: 'billing' })
cord.stops(billing)

// A loop of your own obeys.
async function work(next: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  do {
    while (cord.isPulled) await cord.whenReleased({ signal })
  } while (await next())
}

cord.on('stop', ({ pull }) => console.log(`${pull.by} stopped the line: ${pull.reason}`))
cord.on('run', ({ stoppedMs }) => console.log(`it stood for ${Math.round(stoppedMs)} ms`))

const first = cord.pull({ by: 'ann', reason: 'wrong prices', station: 'billing' })
cord.pull({ by: 'bob', reason: 'wrong currency' })
console.log(board.colour, billing.state) // red forced-open

first.release() // bob still holds it
cord.release({ by: 'bob' }) // the line runs; by id or all at once as well
console.log(billing.state, cord.history().length) // closed 2
// #endregion

if (billing.state !== 'closed' || cord.isPulled) throw new Error('not as described')
let turns = 0
await work(() => Promise.resolve(++turns < 3), AbortSignal.timeout(1_000))
if (turns !== 3) throw new Error('it should have run')
