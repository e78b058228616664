import { choice, integer, number, optionalText, text } from './kinds.ts'

/** The queue, the workers, the circuit and the levelling. */
export const lineOptions = {
  MAX_QUEUE_DEPTH: integer(100, [1, 1_000_000], 'How many signals may wait. More are refused with 429.'),
  PRIORITY_MAX_AGE_MS: integer(
    60_000,
    [1, 3_600_000],
    'A signal of low priority that has waited this long, in ms, is served ahead of its turn.',
  ),
  WORKER_COUNT: integer(2, [1, 1_000], 'How many workers pull signals, at the start.'),
  WORKERS_MAX: integer(20, [1, 1_000], 'The most workers that the autoscaler makes.'),
  AUTOSCALE: choice(['on', 'off'], 'off', 'Whether workers are added and taken away by the load, at the start.'),
  AUTOSCALE_EVERY_MS: integer(1_000, [50, 600_000], 'How often the autoscaler looks, in ms.'),
  TASK_MS: integer(10, [0, 60_000], 'What the task of one signal costs a worker, in ms, at the start.'),
  TASK_ATTEMPTS: integer(1, [1, 100], 'How often a signal is tried before it becomes a dead letter.'),
  RATE_LIMIT: number(
    0,
    [0, 1_000_000],
    'How many signals a second are let in, at the start. 0: as many as there is room for.',
  ),
  DOWNSTREAM_PORT: integer(8_081, [0, 65_535], 'The port of the simulated downstream. 0 takes a free one.'),
  DOWNSTREAM_HOST: text('127.0.0.1', 'The address that the simulated downstream listens on.'),
  DOWNSTREAM_URL: optionalText('Where the downstream is. Default: the simulated one, on this machine.'),
  DOWNSTREAM_IS_SIMULATED: choice(
    ['yes', 'no'],
    'no',
    'Whether what is at DOWNSTREAM_URL is the simulated one, on another machine.',
  ),
  DOWNSTREAM_TIMEOUT_MS: integer(2_000, [1, 60_000], 'A downstream call that takes longer, in ms, has failed.'),
  CIRCUIT_BREAKER_THRESHOLD: integer(5, [1, 10_000], 'Consecutive failures that open a circuit.'),
  CIRCUIT_BREAKER_RESET_MS: integer(30_000, [1, 3_600_000], 'How long a circuit stays open before a probe, in ms.'),
  HEALTH_CHECK_MS: integer(
    1_000,
    [10, 60_000],
    'How often the downstream is asked for its health, in ms. Failing checks open the circuit, and one is the probe that closes it.',
  ),
  HEIJUNKA_STRATEGY: choice(
    ['per-worker', 'shared'],
    'per-worker',
    'Whether each worker has its own lane, rebalanced, or all pull from one. Only for QUEUE=memory.',
  ),
  HEIJUNKA_REBALANCE_MS: integer(30_000, [10, 3_600_000], 'How often the lanes are rebalanced, in ms.'),
  HEIJUNKA_THRESHOLD: number(0.05, [0, 10], 'The imbalance above which they are.'),
  SLOW_TASK_MS: integer(50, [1, 60_000], 'Work that is expected to take longer than this, in ms, is slow.'),
  LATENCY_WINDOW_MS: integer(60_000, [100, 3_600_000], 'How far back percentiles and the breakdown look, in ms.'),
  SIGNALS_KEPT: integer(10_000, [1, 10_000_000], 'How many finished signals can still be asked for by id.'),
  DEAD_LETTERS_KEPT: integer(1_000, [1, 1_000_000], 'How many dead letters are kept.'),
  WORKER_REPLACE_MS: integer(5_000, [10, 600_000], 'How long a worker that was made to crash is gone, in ms.'),
}
