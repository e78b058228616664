import { library } from '../../scripts/tsup.ts'

export default library({
  index: 'src/index.ts',
  hdr: 'src/hdr.ts',
  otel: 'src/otel.ts',
  prometheus: 'src/prometheus.ts',
})
