import { library } from '../../scripts/tsup.ts'

export default library(
  {
    index: 'src/index.ts',
    channels: 'src/channels.ts',
    email: 'src/email.ts',
    logging: 'src/logging.ts',
    prometheus: 'src/prometheus.ts',
    tracing: 'src/tracing.ts',
  },
  ['nodemailer', 'p-queue'],
)
