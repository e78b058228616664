import { choice, integer, optionalText, secret, text } from './kinds.ts'

/** Which part of the system a process is, and what connects the parts. */
export const roleOptions = {
  TPS_ROLE: choice(
    ['all', 'api', 'worker-fast', 'worker-slow', 'downstream'],
    'all',
    'Which part of the system this process is. All but "all" need QUEUE=nats.',
  ),
  QUEUE: choice(
    ['memory', 'sqlite', 'nats'],
    'memory',
    'Where accepted signals wait: in memory, in a file that survives a kill, or in NATS JetStream.',
  ),
  QUEUE_FILE: text('tps-queue.sqlite', 'The file of QUEUE=sqlite.'),
  NATS_URL: text('nats://127.0.0.1:4222', 'The servers of QUEUE=nats, separated by commas.'),
  NATS_TOKEN: secret('Opens the NATS servers.'),
  NATS_PREFIX: text(
    'tps',
    'What the streams and subjects in NATS begin with: systems with different ones share a server.',
  ),
  LEASE_MS: integer(
    30_000,
    [500, 3_600_000],
    'How long a worker may be silent before another one gets its signal, in ms. Not for QUEUE=memory.',
  ),
  TPS_CONFIG_FILE: optionalText(
    'A file with settings, in the form of the ConfigMap. It is watched: changes apply at once.',
  ),
}
