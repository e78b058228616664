import type { ServerInfo } from '@nats-io/nats-core'
import { JetStreamQueueError } from './nats-errors.ts'

/** Something that a server can do since some version, and that the queue uses, or goes without. */
export interface ServerFeature {
  readonly name: 'compression' | 'metadata' | 'sync-always' | 'term-reason'
  /** The first version that has it. */
  readonly since: string
  /** What it is for, and what happens without. */
  readonly what: string
}

/** What is known of the server. */
export interface JetStreamServer {
  readonly version: string
  /** What it lacks of what a later one has. */
  readonly lacks: readonly ServerFeature[]
}

const OLDEST = '2.9.0'

const FEATURES: readonly ServerFeature[] = [
  { name: 'compression', since: '2.10.0', what: 'keeps items compressed; without it the option is refused' },
  { name: 'metadata', since: '2.10.0', what: 'marks streams as this queue made them; without it they have no mark' },
  {
    name: 'sync-always',
    since: '2.10.0',
    what: '"sync_interval: always" in its configuration survives a power loss; without it the last seconds may be lost',
  },
  {
    name: 'term-reason',
    since: '2.10.4',
    what: 'tells a reason when an item is given up; it is never used, the reason stands in the dead letter',
  },
]

/** @throws {JetStreamQueueError} when it is too old. */
export function serverOf(info: Pick<ServerInfo, 'version'> | undefined, queue: string): JetStreamServer {
  const version = info?.version ?? '0.0.0'
  if (isOlder(version, OLDEST))
    throw new JetStreamQueueError(
      'ERR_SERVER_TOO_OLD',
      queue,
      `nats-server ${version} is too old, ${OLDEST} or later is needed: update it`,
    )
  return { version, lacks: FEATURES.filter(({ since }) => isOlder(version, since)) }
}

/** @throws {JetStreamQueueError} when it lacks it. */
export function needFeature(server: JetStreamServer, name: ServerFeature['name'], queue: string): void {
  const lacking = server.lacks.find((feature) => feature.name === name)
  if (lacking)
    throw new JetStreamQueueError(
      'ERR_SERVER_TOO_OLD',
      queue,
      `${name} needs nats-server ${lacking.since} or later, this one is ${server.version}: update it, or leave the option out`,
    )
}

function isOlder(version: string, than: string): boolean {
  const ours = numbersOf(version)
  for (const [index, number] of numbersOf(than).entries()) {
    const difference = (ours[index] ?? 0) - number
    if (difference !== 0) return difference < 0
  }
  return false
}

function numbersOf(version: string): number[] {
  return (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number)
}
