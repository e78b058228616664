import { type DuckDBConnection, DuckDBDataChunk, DOUBLE, UINTEGER, VARCHAR } from '@duckdb/node-api'
import type { AppendRequest, SeriesRow } from './duckdb-protocol.ts'
import { sortSamples } from './sort.ts'

/** As many rows a chunk of DuckDB has. */
const CHUNK_ROWS = 2_048

/** Appends to the table `series`, within the transaction that is open. */
export async function appendSeries(writer: DuckDBConnection, rows: readonly SeriesRow[]): Promise<void> {
  const appender = await writer.createAppender('series')
  const chunk = DuckDBDataChunk.create([UINTEGER, VARCHAR, VARCHAR])
  for (let at = 0; at < rows.length; at += CHUNK_ROWS) {
    const part = rows.slice(at, at + CHUNK_ROWS)
    chunk.reset()
    chunk.setRows(part.map(({ id, name, tags }) => [id, name, tags]))
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

/** Appends samples to a table, by series and time, within the transaction that is open. */
export async function appendSamples(writer: DuckDBConnection, table: string, request: AppendRequest): Promise<void> {
  const { series, timestamps, values } = sortSamples(request)
  const appender = await writer.createAppender(table)
  // Times are whole numbers below 2^53: DuckDB turns them into integers several times as fast as we could.
  const chunk = DuckDBDataChunk.create([UINTEGER, DOUBLE, DOUBLE])
  for (let at = 0; at < series.length; at += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, series.length - at)
    chunk.reset()
    chunk.rowCount = rows
    for (const [column, all] of [series, timestamps, values].entries()) {
      const vector = chunk.getColumnVector(column)
      for (let row = 0; row < rows; row++) vector.setItem(row, all[at + row]!)
      vector.flush()
    }
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}
