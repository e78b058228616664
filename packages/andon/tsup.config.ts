import { library } from '../../scripts/tsup.ts'

export default library(
  { index: 'src/index.ts', channels: 'src/channels.ts', logging: 'src/logging.ts', prometheus: 'src/prometheus.ts' },
  ['p-queue'],
)
