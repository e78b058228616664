import { parentPort, workerData } from 'node:worker_threads'
import type { Question, Reply, Request, SqliteOptions } from './sqlite-protocol.ts'
import { SqliteStore } from './sqlite-store.ts'

// A scan of a large table takes as long as a blink: too long for the thread that answers requests.

const port = parentPort
if (!port) throw new Error('this module runs in a worker thread')

/** Requests that wait until the products are there. */
const waiting: Request[] = []
let isFilled = false
let store: SqliteStore | undefined

function reply(message: Reply): void {
  port?.postMessage(message)
}

function say(number: number, answer: () => unknown): void {
  try {
    reply({ number, result: answer() })
  } catch (error) {
    reply({ number, error: error instanceof Error ? error.message : String(error) })
  }
}

function answer(open: SqliteStore, question: Question): unknown {
  if (question.kind === 'fetch') return open.fetch(question.query, question.id)
  if (question.kind === 'structure') return open.structure()
  if (question.kind === 'create-index') return open.createIndex(question.name)
  if (question.kind === 'drop-index') return open.dropIndex(question.name)
  store = undefined
  open.close()
  return true
}

/** A few thousand rows at a time, so that questions about customers are answered meanwhile. */
function fill(): void {
  if (!store) return
  try {
    isFilled = !store.fill('products')
  } catch (error) {
    // Without its rows the table answers as it is, and the next start goes on where this one ended.
    console.error('the products can’t be written:', error)
    isFilled = true
  }
  if (!isFilled) {
    setImmediate(fill)
    return
  }
  for (const { number, question } of waiting.splice(0)) ask(number, question)
}

function ask(number: number, question: Question): void {
  const open = store
  if (open) say(number, () => answer(open, question))
}

port.on('message', (request: Request) => {
  const { number, question } = request
  const needsProducts = question.kind !== 'close' && !(question.kind === 'fetch' && question.query === 'customer')
  if (needsProducts && !isFilled) waiting.push(request)
  else ask(number, question)
})

say(0, () => {
  const { path, products } = workerData as SqliteOptions
  store = new SqliteStore(path, products)
  setImmediate(fill)
})
