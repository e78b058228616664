import { library } from '../../scripts/tsup.ts'

export default library({ index: 'src/index.ts', fetch: 'src/fetch.ts', undici: 'src/undici.ts' })
