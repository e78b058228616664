import type { Config } from './config.ts'

/** What to do first, for people who have just started it. */
export function welcome(url: string, { DATA_DIR, DURABILITY, PROFILE }: Config): string {
  return `
The monitoring platform listens on ${url}: open it in a browser (profile ${PROFILE}, durability ${DURABILITY}, data in ${DATA_DIR}).

  curl -X POST ${url}/metrics -d '{"name":"cpu_usage","value":85}'
  curl "${url}/query?name=cpu_usage"
  curl ${url}/status

Stop it with Ctrl-C: what was accepted is stored first.

`
}
