import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { SeriesTable } from '../series.ts'
import { DuckDbStore } from './duckdb-store.ts'
import { JsonlStore } from './jsonl-store.ts'
import { NoStore } from './no-store.ts'
import type { Store } from './store.ts'
import { VictoriaStore } from './victoria-store.ts'

/** The store that the configuration asks for. What it has is put into `table`. */
export async function openStore(config: Config, table: SeriesTable): Promise<Store> {
  const { DATA_DIR, STORE, ROLE, VICTORIA_METRICS_URL: url } = config
  if (STORE === 'victoriametrics')
    return await VictoriaStore.open({ url, table, positionPath: join(DATA_DIR, 'victoriametrics.position') })
  if (ROLE === 'ingest') return new NoStore()
  if (STORE === 'jsonl') return await JsonlStore.open(join(DATA_DIR, 'phase0_metrics.jsonl'), table)
  return await DuckDbStore.open({ path: join(DATA_DIR, 'samples.duckdb'), table })
}
