import type { Diagnosis } from '@tps/andon'
import { SLA_MS } from './alerting/alerts.ts'
import type { HostReading } from './host.ts'
import { type LampState, lampOf, stationsOf } from './lamp.ts'
import { type Values, valuesOf } from './series.ts'
import type { LineSnapshots } from './snapshots.ts'
import type { Transition } from './transitions.ts'

/** What a board shows one by one is shown up to this number: a screen has an end, and so has a message. */
const SHOWN = { workers: 64, processes: 32, alerts: 50, history: 50, findings: 10, transitions: 50 }

/** What is shown of a diagnosis: the readings behind it are left out. */
type ShownDiagnosis = Pick<Diagnosis, 'severity' | 'findings' | 'incident'>

/** Everything on the line that the boards show, with bounded lists. */
export interface ShownLine extends Omit<LineSnapshots, 'diagnosis'> {
  readonly diagnosis: ShownDiagnosis
}

/**
 * The line at one moment, as the boards show it: plain JSON, sent once a second. `values` is what charts are made of and is
 * kept by the history; the rest is only ever shown as it is now.
 */
export interface Reading extends LampState {
  /** Wall clock, ms since 1970. */
  readonly at: number
  readonly values: Values
  /** A p99 above this breaks the promise that the service makes. */
  readonly slaMs: number
  readonly line: ShownLine
  readonly host: HostReading
  /** What changed its state lately, the latest first. */
  readonly transitions: readonly Transition[]
}

/** Makes the reading of the boards of everything that was observed. */
export function readingOf(line: LineSnapshots, host: HostReading, transitions: readonly Transition[]): Reading {
  return {
    at: line.at,
    ...lampOf(line),
    values: valuesOf({ line, host }),
    slaMs: SLA_MS,
    line: shown(line),
    host,
    transitions: transitions.slice(0, SHOWN.transitions),
  }
}

function shown(line: LineSnapshots): ShownLine {
  const { severity, findings, incident } = line.diagnosis
  return {
    ...line,
    processes: line.processes.slice(0, SHOWN.processes),
    leveler: { ...line.leveler, workerLoads: line.leveler.workerLoads.slice(0, SHOWN.workers) },
    pool: { ...line.pool, perWorker: line.pool.perWorker.slice(0, SHOWN.workers) },
    alerts: line.alerts.slice(0, SHOWN.alerts),
    alertHistory: line.alertHistory.slice(0, SHOWN.history),
    board: { ...line.board, stations: stationsOf(line) },
    diagnosis: { severity, findings: findings.slice(0, SHOWN.findings), incident },
  }
}
