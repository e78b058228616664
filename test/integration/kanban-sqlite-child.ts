import { SqliteQueue } from '@tps/kanban/sqlite'
import { play } from './kanban-child-roles.ts'

// A producer or a worker on a queue file, in a process of its own. Run as: <put | work> <file> <name> [ms a job].

const [role = '', path = '', name = '', jobMs = '0'] = process.argv.slice(2)
await play(role, await SqliteQueue.open<string>({ path, capacity: 200, leaseMs: 500, pollMs: 5 }), name, Number(jobMs))
