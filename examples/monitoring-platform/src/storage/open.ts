import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { SeriesTable } from '../series.ts'
import { DuckDbStore } from './duckdb-store.ts'
import { JsonlStore } from './jsonl-store.ts'
import type { Store } from './store.ts'

/** The store that the configuration asks for. What it has is put into `table`. */
export async function openStore(config: Config, table: SeriesTable): Promise<Store> {
  if (config.STORE === 'jsonl') return await JsonlStore.open(join(config.DATA_DIR, 'phase0_metrics.jsonl'), table)
  return await DuckDbStore.open({ path: join(config.DATA_DIR, 'samples.duckdb'), table })
}
