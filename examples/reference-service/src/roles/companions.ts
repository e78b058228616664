import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { SettingsStore, initialSettings } from '../settings.ts'
import type { Tools } from '../tools.ts'
import { DownstreamRole } from './downstream.ts'
import { WorkerRole } from './worker.ts'

/** A role that runs beside the API, in its process. */
export interface Companion {
  drain(): Promise<number>
  stop(): Promise<void>
}

/** All the other roles, for one process that is the whole system over NATS. */
export async function startCompanions(config: Config, tools: Tools, log: Logger): Promise<readonly Companion[]> {
  // Each has its own, as in processes of their own: the API tells them what is changed.
  const settings = (): SettingsStore => new SettingsStore(initialSettings(config))
  const role = { ...config, TPS_ROLE: 'downstream' } as const
  const downstream = await DownstreamRole.start(role, { settings: settings(), tracing: tools.tracing, log })
  const worker = async (TPS_ROLE: 'worker-fast' | 'worker-slow'): Promise<WorkerRole> => {
    const simulated = { DOWNSTREAM_URL: downstream.url, DOWNSTREAM_IS_SIMULATED: 'yes' } as const
    return await WorkerRole.start({
      config: { ...config, ...simulated, TPS_ROLE },
      settings: settings(),
      tools,
      log,
    })
  }
  return [await worker('worker-fast'), await worker('worker-slow'), downstream]
}
