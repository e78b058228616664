import type { Logger } from 'pino'
import { type App, createApp } from '../api/app.ts'
import { createRoleApp } from '../api/role-app.ts'
import type { Config } from '../config.ts'
import { SettingsFile } from '../config/settings-file.ts'
import { Service } from '../service.ts'
import { SettingsStore, initialSettings } from '../settings.ts'
import { openTools } from '../tools.ts'
import { Tracing } from '../tracing/start.ts'
import { DownstreamRole } from './downstream.ts'
import { WorkerRole } from './worker.ts'

/** A role that runs. */
interface Running {
  readonly app: App
  readonly role: {
    /** Finishes what was accepted. Resolves with how many signals were lost. */
    drain(): Promise<number>
    stop(): Promise<void>
  }
  /** What it is called in the log. */
  readonly component: string
}

/** Starts the role that the configuration names. It does not listen yet. */
export async function startRole(config: Config, log: Logger): Promise<Running> {
  const settings = new SettingsStore(initialSettings(config))
  const file =
    config.TPS_CONFIG_FILE === undefined ? undefined : new SettingsFile(config.TPS_CONFIG_FILE, settings, log)
  file?.start()
  if (config.TPS_ROLE === 'all' || config.TPS_ROLE === 'api') {
    const role = await Service.start(config, log, settings)
    return { app: await createApp(role), role, component: 'api' }
  }
  if (config.TPS_ROLE === 'downstream') {
    const tracing = await Tracing.start(config, log)
    const role = await DownstreamRole.start(config, { settings, tracing, log })
    return { app: await createRoleApp(role), role: ending(role, tracing), component: 'downstream' }
  }
  const tools = await openTools(config, log)
  const role = await WorkerRole.start({ config, settings, tools, log })
  return { app: await createRoleApp(role), role: ending(role, tools), component: 'worker' }
}

/** The role, with what it works with ending after it. */
function ending(role: Running['role'], tools: { stop(): Promise<void> }): Running['role'] {
  return {
    drain: async () => await role.drain(),
    stop: async () => {
      await role.stop()
      await tools.stop()
    },
  }
}
