import { envSchema } from 'env-schema'
import { type Static, Type } from 'typebox'
import { alertOptions } from './config/alerts.ts'
import { ConfigError, checkTogether } from './config/check.ts'
import { databaseOptions } from './config/database.ts'
import { lineOptions } from './config/line.ts'
import { describeProblems } from './config/problems.ts'
import { roleOptions } from './config/roles.ts'
import { serverOptions } from './config/server.ts'
import { tracingOptions } from './config/tracing.ts'

/** Everything that is read from the environment, once, at the start. */
export const ConfigSchema = Type.Object({
  ...roleOptions,
  ...serverOptions,
  ...lineOptions,
  ...alertOptions,
  ...databaseOptions,
  ...tracingOptions,
})

/** The configuration of the process. */
export type Config = Static<typeof ConfigSchema>

/**
 * Reads the configuration from `environment`. An empty variable counts as absent.
 * @throws {ConfigError} with every variable that can't be used, and what it may be.
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  let config: Config
  try {
    config = envSchema<Config>({
      schema: ConfigSchema,
      data: given,
      env: false,
      // "secret" marks options that are never shown.
      ajv: { customOptions: (ajv) => ajv.addKeyword('secret') },
    })
  } catch (error) {
    throw new ConfigError(describeProblems(error, ConfigSchema.properties, given), { cause: error })
  }
  const problems = checkTogether(config)
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}
