import { library } from '../../scripts/tsup.ts'

export default library(
  {
    index: 'src/index.ts',
    nats: 'src/nats.ts',
    'p-queue': 'src/p-queue.ts',
    sqlite: 'src/sqlite.ts',
    // Loaded by name, as a thread.
    'sqlite-thread': 'src/sqlite-thread.ts',
  },
  ['node:fs/promises', 'node:sqlite', 'node:worker_threads'],
)
