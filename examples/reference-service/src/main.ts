import { pino } from 'pino'
import { createApp } from './api/app.ts'
import { readConfig } from './config.ts'
import { ConfigError } from './config/check.ts'
import { welcome } from './welcome.ts'
import { Service } from './service.ts'

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = pino({ level: config.LOG_LEVEL })
  const service = await Service.start(config, log)
  const app = await createApp(service)
  await app.listen({ host: config.HOST, port: config.PORT, listenTextResolver: () => '' })
  const { port } = app.server.address() as { port: number }
  const url = `http://${config.HOST === '0.0.0.0' ? 'localhost' : config.HOST}:${port}`
  log.info({ component: 'api', url }, 'listening')
  process.stderr.write(welcome(url))

  let isEnding = false
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (isEnding) return
    isEnding = true
    log.info({ component: 'api', signal, on_the_line: service.register.active }, 'draining')
    const lost = await service.drain()
    if (lost > 0) log.error({ component: 'api', lost }, 'the grace period ended before these signals did')
    await app.close()
    await service.stop()
    log.info({ component: 'api' }, 'stopped')
    process.exitCode = lost > 0 ? 1 : 0
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal))
}

try {
  await main()
} catch (error) {
  const isAddressInUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  if (error instanceof ConfigError) console.error(error.message)
  else if (isAddressInUse)
    console.error(
      `${error.message}. Another program has this port: stop it, or set PORT or DOWNSTREAM_PORT to another one.`,
    )
  else console.error(error)
  process.exit(1)
}
