import { Cord } from '@tps/andon'
import type { Clock } from '@tps/heijunka'
import { CircuitBreaker } from '@tps/jidoka'
import { type Logger, pino } from 'pino'
import { readConfig } from '../config.ts'
import { Experiments } from '../experiments.ts'
import { Ingress } from '../ingress.ts'
import { MemoryQueue } from '../queue/memory-queue.ts'
import { SignalRegister } from '../register.ts'
import { SettingsStore, initialSettings } from '../settings.ts'
import { type Signal, type SignalRequest, createSignal } from '../signal.ts'
import { tracingOf } from '../tracing/tracing-fixtures.ts'
import { Intake } from './intake.ts'
import { Ledger } from './ledger.ts'

const tracing = tracingOf({ TRACING: 'off' })

export const silent = pino({ level: 'silent' })

/** A signal that has just arrived. */
export function signalOf(request: Partial<SignalRequest> = {}): Signal {
  const nowMs = performance.now()
  const full = { signal_type: 'execute', payload: {}, ...request } as const
  return createSignal(full, tracing.begin({}, nowMs), nowMs)
}

/** The way in and what measures, over a queue in memory that nobody pulls from. */
export function lineOf(
  environment: Record<string, string> = {},
  { log = silent, clock }: { readonly log?: Logger; readonly clock?: Clock } = {},
) {
  const config = readConfig(environment)
  const settings = new SettingsStore(initialSettings(config))
  const register = new SignalRegister(config.SIGNALS_KEPT)
  const experiments = new Experiments(settings)
  const ledger = new Ledger(config, register, experiments, log, clock)
  const queue = new MemoryQueue(config, ledger.durations, settings.current.workers)
  const queueBreaker = new CircuitBreaker({ name: 'queue', trip: { consecutiveFailures: 2 } })
  const gate = { isOpen: false, retryAfterMs: 0 }
  const cut = { isCut: false }
  const cord = new Cord()
  const intake = new Intake({
    queue,
    queueBreaker,
    cut,
    gate,
    ledger,
    register,
    ingress: new Ingress(settings),
    experiments,
    cord,
    estimateWaitMs: () => 1_234,
    log: silent,
  })
  const accept = (request: Partial<SignalRequest> = {}) => {
    const nowMs = performance.now()
    const full = { signal_type: 'execute', payload: {}, ...request } as const
    return intake.accept(full, tracing.begin({}, nowMs), nowMs)
  }
  return { config, settings, register, experiments, ledger, queue, queueBreaker, gate, cut, cord, intake, accept }
}
