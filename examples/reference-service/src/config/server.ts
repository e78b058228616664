import { choice, integer, secret, text } from './kinds.ts'

/** How the process listens and logs, and what it defends itself with. */
export const serverOptions = {
  HOST: text('localhost', 'The address to listen on.'),
  PORT: integer(8_080, [0, 65_535], 'The port of the API and the boards. 0 takes a free one.'),
  LOG_LEVEL: choice(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
    'The least severe level that is logged.',
  ),
  ADMIN_TOKEN: secret('Opens /admin from elsewhere than this machine.', 16),
  SIGNAL_SECRET: secret('With it, signals must be signed: header x-tps-signature.', 16),
  BODY_LIMIT_BYTES: integer(65_536, [1_024, 16_777_216], 'Larger request bodies are refused with 413.'),
  HEADER_LIMIT_BYTES: integer(16_384, [1_024, 1_048_576], 'Larger request headers are refused with 431.'),
  HEADERS_TIMEOUT_MS: integer(5_000, [100, 600_000], 'How long a client may take to send its headers, in ms.'),
  REQUEST_TIMEOUT_MS: integer(10_000, [100, 600_000], 'How long a client may take to send its request, in ms.'),
  MAX_CONNECTIONS: integer(10_000, [1, 1_000_000], 'How many connections may be open. More are closed at once.'),
  SHUTDOWN_GRACE_MS: integer(
    30_000,
    [0, 600_000],
    'How long accepted signals may take to finish after SIGTERM, in ms.',
  ),
}
