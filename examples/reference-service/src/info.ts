import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, ConfigSchema } from './config.ts'
import type { Service } from './service.ts'
import { SignalRequestSchema } from './signal.ts'

/** The version of the service. */
export const VERSION: string = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string }
).version

const ROUTES = {
  'POST /signal': 'send a signal; ?wait=true waits for its result',
  'GET /signal/:id/status': 'where a signal is on its way',
  'GET /status': 'readings of jidoka, kanban, heijunka, kaizen and andon',
  'GET /health': 'whether the service and what it depends on are well',
  'GET /metrics': 'Prometheus metrics',
  'GET /info': 'this page',
  'GET /': 'the live boards',
  'GET /docs': 'the API, to read and to try',
  'GET /traces, GET /traces/:trace_id': 'the last traces; for a browser, as a waterfall',
  'POST /v1/traces': 'spans of other processes, by OTLP; as /admin',
  'GET /alerts': 'alerts that fire, and those that have',
  'GET /diagnosis': 'what is wrong, how bad, why, and what to do',
  'GET /slo': 'what the service promises, and how much of its error budget is left',
  'GET, PATCH /admin/config': 'settings that can be changed while it runs',
  'POST /admin/alerts/acknowledge': 'somebody is on it',
  'GET, POST, DELETE /admin/alerts/silences': 'alerts that are not told for a while',
  'GET, POST, DELETE /admin/cord': 'stop the line by hand, and let it run',
  'GET /admin/dead-letters': 'signals that were given up',
  'POST /admin/dead-letters/redrive': 'send them back',
  'GET, POST, DELETE /admin/experiments': 'does a change of the settings help?',
  'GET /admin/database': 'queries, tables and indexes of the tasks',
  'POST, DELETE /admin/database/indexes/:name': 'make and drop an index',
  'DELETE /admin/database/cache': 'forget what tasks have looked up',
  'POST /admin/chaos/…': 'crash-worker, queue-down, queue-recover, cascade, stop',
}

/** The body of `GET /info`: version, routes and the effective configuration, without secrets. */
export function infoOf({ config, settings }: Pick<Service, 'config' | 'settings'>): object {
  return {
    name: 'tps-reference-service',
    version: VERSION,
    node: process.version,
    uptime_seconds: Math.round(process.uptime()),
    routes: ROUTES,
    signal: SignalRequestSchema,
    configuration: shown(config),
    settings: settings.current,
  }
}

/** The configuration as it may be shown: of a secret, only whether there is one. */
function shown(config: Config): object {
  return Object.fromEntries(
    Object.entries(ConfigSchema.properties).map(([key, schema]) => {
      const value = config[key as keyof Config] ?? null
      if ('secret' in schema) return [key, value === null ? 'not set' : 'set']
      return [key, typeof value === 'string' ? withoutPassword(value) : value]
    }),
  )
}

/** `nats://user:password@host` without the two. */
function withoutPassword(text: string): string {
  return text.replaceAll(/\/\/[^/@\s]*@/g, '//***@')
}
