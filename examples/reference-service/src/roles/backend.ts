import type { Backend } from '../backend.ts'
import type { Base } from '../service.ts'
import { EmbeddedBackend } from './embedded.ts'
import { FleetBackend } from './fleet.ts'
import { startCompanions } from './companions.ts'
import { waitFor } from './tasks.ts'

/** What is behind the API, by the configuration. */
export async function openBackend(base: Base): Promise<Backend> {
  const { config, settings, ledger, register, log } = base
  if (config.QUEUE !== 'nats')
    return await EmbeddedBackend.open({ config, settings, ledger, register, executeTask: waitFor, log })
  const companions = config.TPS_ROLE === 'all' ? await startCompanions(config, waitFor, log) : []
  return await FleetBackend.open(base, companions)
}
