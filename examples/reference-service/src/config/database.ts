import { type Static, Type } from 'typebox'
import { PRODUCTS } from '../database/queries.ts'
import { integer, optionalText } from './kinds.ts'

/** The database of the tasks. */
export const databaseOptions = {
  DATABASE_URL: optionalText(
    'PostgreSQL in place of the embedded database: postgres://user:password@host:port/database.',
  ),
  DATABASE_FILE: optionalText(
    'The file of the embedded database; processes of one machine may share it. Default: a private temporary one.',
  ),
  DATABASE_CONNECTIONS: integer(10, [1, 1_000], 'How many connections to PostgreSQL there may be.'),
  DATABASE_TIMEOUT_MS: integer(10_000, [1, 600_000], 'A query to PostgreSQL that takes longer, in ms, has failed.'),
  DATABASE_PRODUCTS: integer(
    PRODUCTS,
    [1, 100_000_000],
    'How many products there are. With the default a look-up without the index takes some 60 ms.',
  ),
  CACHE_ENTRIES: integer(10_000, [1, 10_000_000], 'How many look-ups of tasks are cached.'),
  CACHE_TTL_MS: integer(30_000, [0, 86_400_000], 'How long a cached look-up is good for, in ms. 0 caches nothing.'),
}

const DatabaseSchema = Type.Object(databaseOptions)

/** The part of the configuration that concerns the database of the tasks. */
export type DatabaseConfig = Static<typeof DatabaseSchema>
