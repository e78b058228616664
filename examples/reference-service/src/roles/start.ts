import type { Logger } from 'pino'
import { type App, createApp } from '../api/app.ts'
import { createRoleApp } from '../api/role-app.ts'
import type { Config } from '../config.ts'
import { SettingsFile } from '../config/settings-file.ts'
import { Service } from '../service.ts'
import { SettingsStore, initialSettings } from '../settings.ts'
import { DownstreamRole } from './downstream.ts'
import { waitFor } from './tasks.ts'
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
    const role = await DownstreamRole.start(config, settings, log)
    return { app: await createRoleApp(role), role, component: 'downstream' }
  }
  const role = await WorkerRole.start({ config, settings, executeTask: waitFor, log })
  return { app: await createRoleApp(role), role, component: 'worker' }
}
