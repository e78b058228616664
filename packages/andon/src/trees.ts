import type { DiagnosisTree } from './diagnosis-tree.ts'
import { CIRCUIT_FLAPPING, CIRCUIT_OPEN } from './trees-circuit.ts'
import { DEAD_LETTERS_GROWING, ERRORS_HIGH } from './trees-errors.ts'
import { LATENCY_HIGH, TAIL_SLOW } from './trees-latency.ts'
import { MEMORY_GROWING, TRAFFIC_GONE } from './trees-others.ts'
import { QUEUE_ALWAYS_FULL, QUEUE_FILLING, QUEUE_FULL } from './trees-queue.ts'
import { NOT_SCALING, SCALING_UP } from './trees-scaling.ts'
import { ONE_POOL_SLOWER, WORKERS_BUSY, WORKERS_IDLE } from './trees-workers.ts'

/** The decision trees of the TPS operations handbook, as data. */
export const HANDBOOK_TREES: readonly DiagnosisTree[] = [
  QUEUE_FULL,
  CIRCUIT_OPEN,
  ERRORS_HIGH,
  LATENCY_HIGH,
  SCALING_UP,
  TRAFFIC_GONE,
  QUEUE_ALWAYS_FULL,
  QUEUE_FILLING,
  WORKERS_IDLE,
  WORKERS_BUSY,
  ONE_POOL_SLOWER,
  CIRCUIT_FLAPPING,
  TAIL_SLOW,
  NOT_SCALING,
  MEMORY_GROWING,
  DEAD_LETTERS_GROWING,
]
