import { connect } from '@nats-io/transport-node'
import { JetStreamQueue } from '@tps/kanban/nats'
import { play } from './kanban-child-roles.ts'
import { OPTIONS } from './kanban-jetstream-scenario.ts'

// A producer or a worker on a queue in JetStream, in a process of its own. Run as: <put | work> <port> <name> [ms a job].

const [role = '', port = '', name = '', jobMs = '0'] = process.argv.slice(2)
const connection = await connect({
  servers: `127.0.0.1:${port}`,
  maxReconnectAttempts: -1,
  reconnectTimeWait: 50,
  waitOnFirstConnect: true,
})
await play(role, await JetStreamQueue.open<string>({ ...OPTIONS, connection }), name, Number(jobMs))
