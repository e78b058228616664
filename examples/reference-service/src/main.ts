import { readConfig } from './config.ts'
import { ConfigError } from './config/check.ts'
import { createLog } from './logging.ts'
import { startRole } from './roles/start.ts'
import { welcome } from './welcome.ts'

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog(config)
  const { app, role, component } = await startRole(config, log)
  await app.listen({ host: config.HOST, port: config.PORT })
  const { port } = app.server.address() as { port: number }
  const url = `http://${config.HOST === '0.0.0.0' || config.HOST === '::' ? 'localhost' : config.HOST}:${port}`
  log.info({ component, role: config.TPS_ROLE, url }, 'listening')
  if (component === 'api') process.stderr.write(welcome(url))

  let isEnding = false
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (isEnding) return
    isEnding = true
    log.info({ component, signal }, 'draining')
    const lost = await role.drain()
    if (lost > 0) log.error({ component, lost }, 'the grace period ended before these signals did')
    await app.close()
    await role.stop()
    log.info({ component }, 'stopped')
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
