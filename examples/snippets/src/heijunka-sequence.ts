// #region readme
import { LevelingScheduler, levelSequence } from '@tps/heijunka'

console.log(levelSequence({ a: 5, b: 3, c: 2 }).join(' ')) // a b c a a b a c b a

const scheduler = new LevelingScheduler({ demand: { a: 5, b: 3, c: 2 }, taktMs: 20 })
scheduler.start(({ product }) => make(product)) // one every 20 ms, in that order, again and again
// #endregion

const made: string[] = []

function make(product: string): void {
  made.push(product)
  if (made.length === 10) scheduler.stop()
}

// The scheduler's timers keep no process alive.
const keepAlive = setInterval(() => {
  if (scheduler.isRunning) return
  clearInterval(keepAlive)
  if (made.join('') !== 'abcaabacba') throw new Error(made.join(''))
}, 10)
