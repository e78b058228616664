import { pino } from 'pino'
import { ConfigError, readConfig } from './config.ts'
import { Platform } from './platform.ts'
import { welcome } from './welcome.ts'

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = pino({ level: config.LOG_LEVEL })
  const platform = await Platform.start(config, log)
  const url = await platform.listen()
  log.info({ component: 'platform', url }, 'listening')
  process.stderr.write(welcome(url, config))

  let isEnding = false
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (isEnding) return
    isEnding = true
    log.info({ component: 'platform', signal }, 'draining')
    const left = await platform.stop()
    if (left > 0) log.error({ component: 'platform', samples: left }, 'the grace period ended before these were stored')
    log.info({ component: 'platform' }, 'stopped')
    process.exitCode = left > 0 ? 1 : 0
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal))
}

try {
  await main()
} catch (error) {
  const isAddressInUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  if (error instanceof ConfigError) console.error(error.message)
  else if (isAddressInUse)
    console.error(`${error.message}. Another program has this port: stop it, or set PORT to another one.`)
  else console.error(error)
  process.exit(1)
}
