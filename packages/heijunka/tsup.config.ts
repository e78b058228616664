import { library } from '../../scripts/tsup.ts'

export default library({ index: 'src/index.ts', redis: 'src/redis.ts' })
