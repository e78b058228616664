import type { LampColour, StationLamp } from './board-lamp.ts'
import type { CordSnapshot } from './cord.ts'

/** A station was added, or its colour, the reading behind it or its staleness changed. New values alone tell nothing. */
export interface LampEvent {
  readonly lamp: StationLamp
  /** The colour before; `null` for a station that was added. */
  readonly from: LampColour | null
}

/** A station is gone. */
export interface StationRemovedEvent {
  readonly station: string
}

/** The worst colour of the board changed. */
export interface BoardColourEvent {
  readonly from: LampColour
  readonly to: LampColour
}

/** A station's `snapshot()`, or what a rule reads of it, began to throw. */
export interface StationReadErrorEvent {
  readonly station: string
  readonly error: unknown
}

/** What a `Board` tells. The board has changed already when an event goes out. */
export interface BoardEvents {
  lamp: [event: LampEvent]
  removed: [event: StationRemovedEvent]
  colour: [event: BoardColourEvent]
  /** Told once until the station can be read again; printed when nobody listens. */
  readError: [event: StationReadErrorEvent]
}

/** The readings of a `Board`: plain JSON. */
export interface BoardSnapshot {
  readonly name: string
  /** The worst of all stations; red while the cord is pulled; unknown without stations. */
  readonly colour: LampColour
  /** Grows with every change. What a subscriber gets later has a greater one. */
  readonly revision: number
  /** In the order in which they were added. */
  readonly stations: readonly StationLamp[]
  readonly cord: CordSnapshot
  /** How often a `snapshot()` or a rule threw. */
  readonly readFailures: number
  /** Stations that found no place. */
  readonly refused: number
  /** Whether `start()` is in force. */
  readonly isRunning: boolean
}

/** What a subscriber is given: the whole board once, then what changes. Plain JSON. */
export type BoardMessage =
  | { readonly kind: 'board'; readonly revision: number; readonly board: BoardSnapshot }
  | ({ readonly kind: 'lamp'; readonly revision: number } & LampEvent)
  | ({ readonly kind: 'removed'; readonly revision: number } & StationRemovedEvent)
  | ({ readonly kind: 'colour'; readonly revision: number } & BoardColourEvent)
  | { readonly kind: 'cord'; readonly revision: number; readonly cord: CordSnapshot }
