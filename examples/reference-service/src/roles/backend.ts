import type { Backend } from '../backend.ts'
import type { Base } from '../service.ts'
import { startCompanions } from './companions.ts'
import { EmbeddedBackend } from './embedded.ts'
import { FleetBackend } from './fleet.ts'

/** What is behind the API, by the configuration. */
export async function openBackend(base: Base): Promise<Backend> {
  const { config, tools, log } = base
  if (config.QUEUE !== 'nats') return await EmbeddedBackend.open(base)
  const companions = config.TPS_ROLE === 'all' ? await startCompanions(config, tools, log) : []
  return await FleetBackend.open(base, companions)
}
