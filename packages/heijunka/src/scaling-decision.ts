import type { Advice } from './scaling-ceiling.ts'

/** What the number of workers goes by. `'steady'`: it is close enough to what is wanted. */
export type ScalingReason = 'utilization' | 'queue' | 'trend' | 'schedule' | 'not-helping' | 'steady'

/**
 * What keeps it from what is wanted: its bounds, the size of a step, a cooldown, the window in which it may still be
 * needed, workers that don't help, or of which that isn't known yet, or the wait after a failure.
 */
export type ScalingLimit =
  | 'min'
  | 'max'
  | 'step'
  | 'cooldown'
  | 'stabilization'
  | 'not-helping'
  | 'evidence'
  | 'backoff'

/** What one look came to. */
export interface ScalingDecision {
  readonly action: 'up' | 'down' | 'hold'
  /** How many workers there are. */
  readonly workers: number
  /** How many the load asks for, within `min` and `max`. */
  readonly recommended: number
  /** How many there are to be now: `workers` when it holds. Within `min` and `max` otherwise. */
  readonly target: number
  readonly reason: ScalingReason
  /** `null` when nothing does. */
  readonly limitedBy: ScalingLimit | null
  /** The same as a sentence, for people. */
  readonly explanation: string
}

/** How far and how soon it may go in one direction. */
export interface StepSettings {
  readonly maxStep: number
  readonly maxRatio: number
}

/** Everything a decision is made of. Pure numbers: nothing is read or remembered here. */
export interface DecisionInput {
  readonly workers: number
  readonly min: number
  readonly max: number
  readonly toleranceRatio: number
  readonly byUtilization: number
  readonly byQueue: number
  readonly forecast: number | undefined
  readonly floor: number
  readonly up: StepSettings
  readonly down: StepSettings
  readonly isUpCooling: boolean
  readonly isDownCooling: boolean
  readonly isBackingOff: boolean
}

/** What the load asks for, and why. */
export interface Recommendation {
  readonly workers: number
  readonly reason: ScalingReason
  readonly limitedBy: ScalingLimit | null
}

/** How many workers the load asks for, within the bounds. */
export function recommend(input: DecisionInput): Recommendation {
  const { workers, min, max, toleranceRatio, byUtilization, byQueue, forecast = 0, floor } = input
  const most = Math.max(byUtilization, byQueue, forecast)
  const cause = most === byUtilization ? 'utilization' : most === byQueue ? 'queue' : 'trend'
  const isSteady = workers > 0 && Math.abs(most / workers - 1) <= toleranceRatio
  // 7 / 0.7 is a little more than 10, and needs no eleventh.
  const wanted = isSteady ? workers : Math.ceil(most * (1 - 1e-12))
  const reason = floor > wanted ? 'schedule' : isSteady ? 'steady' : cause
  const raised = Math.max(wanted, floor)
  if (raised > max) return { workers: max, reason, limitedBy: 'max' }
  if (raised < min) return { workers: min, reason, limitedBy: 'min' }
  return { workers: raised, reason, limitedBy: null }
}

/** `stable` is the most that was recommended lately: fewer than that there won't be. */
export function decide(
  input: DecisionInput,
  recommended: Recommendation,
  stable: number,
  advice: Advice,
): ScalingDecision {
  const { workers } = input
  let { workers: target, reason, limitedBy } = recommended
  if (target < workers && stable > target) {
    target = Math.min(workers, stable)
    limitedBy = 'stabilization'
  }
  if (advice.exactly !== undefined) {
    target = advice.exactly
    reason = limitedBy = 'not-helping'
  } else if (target > advice.limit) {
    target = advice.limit
    limitedBy = advice.by
    if (target < workers) reason = 'not-helping'
  }
  // An advice may be older than the bounds it was given in.
  target = Math.min(input.max, Math.max(input.min, target))
  const stepped = target === workers ? target : step(input, target)
  if (stepped !== target) {
    limitedBy = stepped === workers ? heldBy(input) : 'step'
    target = stepped
  }
  const action = target > workers ? 'up' : target < workers ? 'down' : 'hold'
  const decision = { action, workers, recommended: recommended.workers, target, reason, limitedBy } as const
  return { ...decision, explanation: explain(decision, input) }
}

/** As close to `target` as may be gone now. */
function step(input: DecisionInput, target: number): number {
  const { workers, min, max, up, down } = input
  const isUp = target > workers
  if (input.isBackingOff || (isUp ? input.isUpCooling : input.isDownCooling)) return workers
  const { maxStep, maxRatio } = isUp ? up : down
  const most = Math.max(maxStep, Math.floor(workers * maxRatio))
  const next = isUp ? Math.min(target, workers + most) : Math.max(target, workers - most)
  // The bounds hold at once.
  return Math.min(max, Math.max(min, next))
}

function heldBy({ isBackingOff }: DecisionInput): ScalingLimit {
  return isBackingOff ? 'backoff' : 'cooldown'
}

const BECAUSE: { readonly [limit in ScalingLimit]: string } = {
  min: 'that is the minimum',
  max: 'that is the maximum',
  step: 'a step may not be larger',
  cooldown: 'the last change is too recent',
  stabilization: 'more was wanted lately',
  'not-helping': 'more bring no more',
  evidence: 'it is not clear yet whether the last ones helped',
  backoff: 'the last attempt failed',
}

function explain(
  { action, workers, recommended, target, reason, limitedBy }: Omit<ScalingDecision, 'explanation'>,
  { byUtilization, byQueue, forecast, floor }: DecisionInput,
): string {
  const causes: { readonly [reason in ScalingReason]: string } = {
    utilization: `utilization asks for ${round(byUtilization)}`,
    queue: `the queue asks for ${round(byQueue)}`,
    trend: `the trend asks for ${round(forecast ?? 0)}`,
    schedule: `the schedule asks for ${floor}`,
    steady: `the load asks for ${round(Math.max(byUtilization, byQueue, forecast ?? 0))}, which is close`,
    'not-helping': `the load asks for ${recommended}, but fewer may do the same`,
  }
  const what = action === 'hold' ? `stay at ${workers}` : `${workers} to ${target}`
  return `${what}: ${causes[reason]}${limitedBy === null ? '' : `; ${BECAUSE[limitedBy]}`}`
}

function round(workers: number): string {
  return String(Math.round(workers * 10) / 10)
}
