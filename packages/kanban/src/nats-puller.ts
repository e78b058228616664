import type { Msg, NatsConnection } from '@nats-io/nats-core'
import type { Clock, Timer, Timers } from '@tps/internal'
import { ClassPull } from './nats-class-pull.ts'
import type { Delivery } from './nats-envelope.ts'
import { type Stage, Turns } from './nats-turns.ts'

/** A wait that has been silent for so many heartbeats has stalled. */
const SILENT_BEATS = 2.5
/** How long an answer to "is there anything now" may take. */
const STAGE_MS = 500
/** Before what failed is tried again: doubled each time, up to the last. */
const FIRST_REPAIR_MS = 50
const LAST_REPAIR_MS = 5_000

/** The queue as its puller sees it. */
export interface PullerOwner {
  readonly connection: NatsConnection
  readonly classes: readonly string[]
  readonly maxAgeMs: number
  readonly heartbeatMs: number
  readonly clock: Clock
  readonly timers: Timers
  readonly inbox: string
  pullSubject(className: string): string
  /** How many consumers wait: so many messages can be held. */
  demand(): number
  message(lane: number, message: Msg, delivery: Delivery): void
  /** Makes sure that the consumer is there. */
  repair(lane: number, why: string): Promise<void>
  stalled(lane: number): void
  denied(error: Error): void
  /** The wall clock, in ms since 1970: what messages are dated with. */
  wallMs(): number
}

interface Lane {
  readonly pull: ClassPull
  /** Its consumer is being seen to. */
  isDown: boolean
  failures: number
}

/**
 * Asks for as many messages as consumers wait for, and takes back what nobody waits for any more.
 *
 * With one class, what is asked for waits on the server. With several, a sweep asks one class after the other for what is
 * there, the most urgent first; when that is not enough, each class is asked for one that waits: the first to come begins
 * the next sweep. So with fewer free consumers than classes it may be that more come than are waited for; those go back.
 */
export class Puller {
  readonly #owner: PullerOwner
  readonly #lanes: readonly Lane[]
  readonly #turns: Turns
  /** What is left of a sweep, the first of it under way. */
  #sweep: { readonly stages: Stage[]; missing: number; timer: Timer | undefined } | undefined
  /** Goes up with each connection: repairs begun on an earlier one may never be answered. */
  #epoch = 0
  #isAdjusting = false
  #isStopped = false
  #watch: Timer | undefined
  readonly #repairs = new Set<Timer>()
  #pulledMs: number | undefined

  constructor(owner: PullerOwner) {
    this.#owner = owner
    const { classes, maxAgeMs, connection, heartbeatMs, inbox, clock } = owner
    this.#turns = new Turns(classes.length, maxAgeMs, owner.wallMs())
    this.#lanes = classes.map((name, lane) => ({
      isDown: false,
      failures: 0,
      pull: new ClassPull(connection, owner.pullSubject(name), `${inbox}.${lane}`, heartbeatMs, () => clock.now(), {
        message: (message, delivery) => this.#came(lane, message, delivery),
        ended: (unfilled) => this.#ended(lane, unfilled),
        gone: (why) => this.#down(lane, why),
        broken: (why) => this.#down(lane, why),
        denied: (error) => owner.denied(error),
      }),
    }))
  }

  /** How many messages may still come. */
  get outstanding(): number {
    return this.#lanes.reduce((sum, { pull }) => sum + pull.outstanding, 0)
  }

  /** When the server last answered a pull, by the clock; `undefined` before the first answer. */
  get pulledMs(): number | undefined {
    return this.#pulledMs
  }

  /** Somebody began to wait, or gave up. What is asked for follows at the end of this turn. */
  adjust(): void {
    if (this.#isAdjusting || this.#isStopped) return
    this.#isAdjusting = true
    queueMicrotask(() => {
      this.#isAdjusting = false
      if (!this.#isStopped) this.#adjustNow()
    })
  }

  /** The connection is there again: what was asked for on the old one is forgotten. */
  restart(): void {
    this.#endSweep()
    this.#epoch++
    for (const lane of this.#lanes) {
      lane.isDown = false
      lane.pull.recall()
    }
    this.adjust()
  }

  stop(): void {
    this.#isStopped = true
    this.#endSweep()
    this.#watch?.cancel()
    for (const timer of this.#repairs) timer.cancel()
    for (const { pull } of this.#lanes) pull.close()
  }

  #adjustNow(): void {
    const demand = this.#owner.demand()
    if (demand === 0) {
      if (this.outstanding > 0) this.#recall()
      return
    }
    this.#keepWatch()
    if (this.#lanes.length > 1) this.#adjustMany(demand)
    else this.#adjustOne(demand, this.#lanes[0] as Lane)
  }

  #adjustOne(demand: number, { pull, isDown }: Lane): void {
    if (isDown) return
    if (pull.outstanding > demand) pull.recall()
    const missing = demand - pull.outstanding
    if (missing > 0) pull.ask(missing, { waits: true })
  }

  #adjustMany(demand: number): void {
    if (this.#sweep) return
    const missing = demand - this.outstanding
    const silent = this.#silentLanes()
    if (missing > 0 && silent.length > 0) this.#beginSweep(missing, silent)
    else this.#ringers()
  }

  /** Those of which nothing is asked. */
  #silentLanes(): number[] {
    return [...this.#lanes.keys()].filter((lane) => !this.#isAsked(lane) && !this.#lanes[lane]?.isDown)
  }

  #isAsked(lane: number): boolean {
    return (this.#lanes[lane]?.pull.outstanding ?? 0) > 0
  }

  /** One that waits of each class. */
  #ringers(): void {
    if (this.#owner.demand() > 0)
      for (const lane of this.#silentLanes()) this.#lanes[lane]?.pull.ask(1, { waits: true })
  }

  #beginSweep(missing: number, lanes: readonly number[]): void {
    const stages = [...this.#turns.plan(missing, lanes, this.#owner.wallMs())]
    this.#sweep = { stages, missing, timer: undefined }
    this.#nextStage()
  }

  #nextStage(): void {
    const sweep = this.#sweep
    if (!sweep) return
    const count = Math.min(sweep.stages[0]?.count ?? 0, sweep.missing, this.#owner.demand())
    const pull = this.#lanes[sweep.stages[0]?.lane ?? -1]?.pull
    sweep.timer?.cancel()
    if (count > 0 && pull) {
      sweep.timer = this.#owner.timers.schedule(STAGE_MS, () => this.#stageLate())
      pull.ask(count, { waits: false })
      return
    }
    const isServed = sweep.missing === 0
    this.#endSweep()
    // Who came meanwhile is swept for again.
    if (!isServed) this.#ringers()
    this.adjust()
  }

  /** A stage of the sweep is over when nothing more comes of it. */
  #stageOver(lane: number): void {
    const sweep = this.#sweep
    if (sweep?.stages[0]?.lane !== lane || this.#isAsked(lane)) return
    sweep.stages.shift()
    this.#nextStage()
  }

  /** A consumer with as many in workers' hands as it may says nothing until one is acknowledged. */
  #stageLate(): void {
    const lane = this.#sweep?.stages[0]?.lane ?? -1
    this.#lanes[lane]?.pull.recall()
    this.#stageOver(lane)
  }

  #endSweep(): void {
    this.#sweep?.timer?.cancel()
    this.#sweep = undefined
  }

  #came(lane: number, message: Msg, delivery: Delivery): void {
    this.#answered(lane)
    this.#turns.came(lane, delivery.createdAt)
    const isSwept = this.#sweep?.stages[0]?.lane === lane
    if (this.#sweep && isSwept) this.#sweep.missing--
    this.#owner.message(lane, message, delivery)
    if (isSwept) this.#stageOver(lane)
    else if (this.#lanes.length > 1) this.adjust()
  }

  #ended(lane: number, unfilled: number): void {
    this.#answered(lane)
    if (unfilled > 0) this.#turns.foundEmpty(lane, this.#owner.wallMs())
    if (this.#sweep?.stages[0]?.lane === lane) this.#stageOver(lane)
    else this.adjust()
  }

  #answered(lane: number): void {
    this.#pulledMs = this.#owner.clock.now()
    const at = this.#lanes[lane]
    if (at) at.failures = 0
  }

  #recall(): void {
    this.#endSweep()
    for (const { pull } of this.#lanes) if (pull.outstanding > 0) pull.recall()
  }

  /** Something is wrong with the consumer of a class: it is seen to, again and again until it is well. */
  #down(lane: number, why: string): void {
    const at = this.#lanes[lane]
    if (!at || at.isDown || this.#isStopped) return
    at.isDown = true
    if (this.#sweep?.stages[0]?.lane === lane) this.#stageOver(lane)
    const waitMs = at.failures === 0 ? 0 : Math.min(LAST_REPAIR_MS, FIRST_REPAIR_MS * 2 ** at.failures)
    at.failures++
    const epoch = this.#epoch
    const timer = this.#owner.timers.schedule(waitMs, () => {
      this.#repairs.delete(timer)
      const ended = (failure?: string): void => {
        if (epoch !== this.#epoch) return
        at.isDown = false
        if (failure === undefined) this.adjust()
        else this.#down(lane, failure)
      }
      this.#owner.repair(lane, why).then(
        () => ended(),
        (error: unknown) => ended(error instanceof Error ? error.message : 'it failed'),
      )
    })
    this.#repairs.add(timer)
  }

  /** While something is asked for: has the server been silent for too long? */
  #keepWatch(): void {
    const { timers, heartbeatMs, clock } = this.#owner
    this.#watch ??= timers.schedule(heartbeatMs, () => {
      this.#watch = undefined
      for (const [lane, { pull }] of this.#lanes.entries()) {
        if (pull.outstanding === 0 || clock.now() - pull.signMs <= SILENT_BEATS * heartbeatMs) continue
        this.#owner.stalled(lane)
        pull.recall()
        this.#down(lane, 'no sign of life')
      }
      if (this.#owner.demand() > 0) this.#keepWatch()
    })
  }
}
