import { generateLoad } from './load-generator.ts'
import { type BodyKind, makeBodies } from './load-bodies.ts'

// A process of its own, so that it shares no event loop with what it measures. Answers with one line of JSON.
const [port, kind, samples, connections, depth, seconds, warmUpSeconds] = process.argv.slice(2)
const result = await generateLoad({
  port: Number(port),
  path: '/metrics',
  bodies: makeBodies(kind as BodyKind, Number(samples)),
  connections: Number(connections),
  depth: Number(depth),
  seconds: Number(seconds),
  warmUpSeconds: Number(warmUpSeconds),
})
console.log(JSON.stringify(result))
