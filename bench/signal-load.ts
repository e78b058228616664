import { generateLoad } from './load-generator.ts'

// A process of its own, so that it shares no event loop with what it measures. Answers with one line of JSON.
const [port, body = '', connections, seconds, warmUpSeconds] = process.argv.slice(2)
const result = await generateLoad({
  port: Number(port),
  path: '/signal',
  bodies: [Buffer.from(body)],
  connections: Number(connections),
  depth: 1,
  seconds: Number(seconds),
  warmUpSeconds: Number(warmUpSeconds),
})
console.log(JSON.stringify(result))
