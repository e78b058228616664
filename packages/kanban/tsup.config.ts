import { library } from '../../scripts/tsup.ts'

export default library({ index: 'src/index.ts', 'p-queue': 'src/p-queue.ts' })
