// A board over a breaker, a queue and an oven that is set by hand, and a page that is kept up to date.
// #region readme
import { Board } from '@tps/andon'
import { CircuitBreaker } from '@tps/jidoka'

const billing = new CircuitBreaker({ name: 'billing', trip: { consecutiveFailures: 1 } })
const orders = { name: 'orders', snapshot: () => ({ depth: 85, capacity: 100 }) } // anything with a name and a snapshot()

const board = new Board({ name: 'checkout', staleMs: 10_000 })
board.watch(billing, [{ reading: 'state', yellow: { is: 'half-open' }, red: { is: ['open', 'forced-open'] } }], {
  events: ['open', 'halfOpen', 'close'], // read at once when one of them is told
})
board.watch(orders, [
  {
    reading: 'depthRatio',
    read: ({ depth, capacity }) => depth / capacity,
    yellow: { atLeast: 0.8 },
    red: { atLeast: 1 },
  },
])
board.set('oven', { colour: 'green', reading: 'temperature', value: 180, red: { above: 250 } }) // by hand

board.on('lamp', ({ lamp }) => console.log(`${lamp.station} is ${lamp.colour}: ${lamp.why}`))
board.start({ everyMs: 1_000 }) // reads the rest every second

billing.tryAcquire()?.failure(new Error('down')) // billing is red: state is open: red is open or forced-open
console.log(board.colour) // red

const leave = board.subscribe((message) => console.log(message.kind)) // board, then every change: for server-sent events
// #endregion

const lamps = board.snapshot().stations.map(({ station, colour }) => `${station} ${colour}`)
if (lamps.join() !== 'billing red,orders yellow,oven green') throw new Error(`not as described: ${lamps.join()}`)
leave()
board[Symbol.dispose]()
