import {
  type Clock,
  type Observable,
  SafeEmitter,
  type Timer,
  type Timers,
  checkFunction,
  checkName,
} from '@tps/internal'
import { BoardFullError } from './board-error.ts'
import type { BoardEvents, BoardMessage, BoardSnapshot } from './board-events.ts'
import { type LampColour, type LampRule, type StationLamp, worstOf } from './board-lamp.ts'
import { type BoardOptions, type BoardStartOptions, checkBoardOptions, checkBoardStart } from './board-options.ts'
import { InOrder } from './board-order.ts'
import { Station, type StationReading, checkReading } from './board-station.ts'
import { BoardSubscribers } from './board-subscribers.ts'
import { type EventNames, type WatchOptions, type Watchable, checkWatch } from './board-watch.ts'
import { Cord } from './cord.ts'
import { readWall } from './wall.ts'

/**
 * A lamp for every station of a line, with the reading behind its colour, and a cord to stop the line by hand. Stations
 * are read at `refresh()`, when they tell an event, and every so often after `start()`; no timer before that.
 */
export class Board implements Observable<BoardEvents>, Disposable {
  readonly name: string
  /** Stops this line by hand. */
  readonly cord: Cord
  readonly #stations = new Map<string, Station>()
  readonly #events: SafeEmitter<BoardEvents>
  readonly #subscribers: BoardSubscribers
  readonly #order = new InOrder()
  readonly #maxStations: number
  readonly #staleMs: number
  readonly #whenStale: 'yellow' | 'unknown'
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #wallNow: () => number
  readonly #detachCord: readonly (() => void)[]
  #timer: Timer | undefined
  #toldColour: LampColour
  #revision = 0
  #readFailures = 0
  #refused = 0

  /** @throws {TypeError | RangeError} when an option is wrong, with its name, the allowed range and the value. */
  constructor(options: BoardOptions = {}) {
    const checked = checkBoardOptions(options)
    this.name = checked.name
    this.cord = new Cord(checked.cord)
    this.#maxStations = checked.maxStations
    this.#staleMs = checked.staleMs
    this.#whenStale = checked.whenStale
    this.#clock = checked.clock
    this.#timers = checked.timers
    this.#wallNow = checked.wallNow
    this.#events = new SafeEmitter(checked.onListenerError)
    this.#subscribers = new BoardSubscribers(checked.onListenerError)
    this.#toldColour = this.colour
    this.#detachCord = (['pull', 'release'] as const).map((event) => this.cord.on(event, () => this.#cordMoved()))
  }

  /** The worst colour of all stations; red while the cord is pulled; unknown without stations. O(stations). */
  get colour(): LampColour {
    return this.#colourOf(this.#lamps())
  }

  /** Adds a listener and returns what takes it away again. */
  on<E extends keyof BoardEvents>(event: E, listener: (...args: BoardEvents[E]) => void): () => void {
    return this.#events.on(event, listener)
  }

  /**
   * Gives `listener` the whole board at once, and then every change, until what this returns is called. For a page that
   * is kept up to date.
   */
  subscribe(listener: (message: BoardMessage) => void): () => void {
    checkFunction('listener', listener)
    // What time alone has changed is told first: then what is told later fits what is handed over now.
    const nowMs = this.#clock.now()
    for (const station of this.#stations.values()) this.#show(station, nowMs)
    this.#showColour()
    const board = this.snapshot()
    return this.#subscribers.add(listener, { kind: 'board', revision: board.revision, board })
  }

  /**
   * Adds a station that is read: its colour is that of the worst of its readings. Returns what removes it.
   * @throws {TypeError | RangeError} when something is wrong with it, or there is a station of this name.
   * @throws {BoardFullError} when there are `maxStations`.
   */
  watch<T extends Watchable>(
    source: T,
    rules: readonly LampRule<ReturnType<T['snapshot']>>[],
    options: WatchOptions<EventNames<T>> = {},
  ): () => void {
    const { name, staleMs, rules: checkedRules, listen } = checkWatch(source, rules, options)
    if (this.#stations.has(name)) throw new RangeError(`there is a station "${name}" already`)
    if (this.#isFull()) throw new BoardFullError(this.name, name, this.#maxStations)
    const station: Station = new Station(
      name,
      { snapshot: () => source.snapshot(), rules: checkedRules, detach: listen(() => this.#reread(station)) },
      staleMs ?? this.#staleMs,
    )
    this.#stations.set(name, station)
    this.#reread(station)
    return () => {
      if (this.#stations.get(name) === station) this.remove(name)
    }
  }

  /**
   * Sets a station by hand, and adds it where there is none. False, and counted, when the board is full. O(1), unless
   * there is something to tell.
   * @throws {TypeError | RangeError} when something is wrong with it, or the station is a watched one.
   */
  set(name: string, reading: StationReading): boolean {
    checkName('name', name)
    const checked = checkReading(reading)
    const found = this.#stations.get(name)
    if (found?.source) throw new RangeError(`station "${name}" is watched: its readings are read, not set`)
    if (!found && this.#isFull()) return false
    const station = found ?? new Station(name, undefined, this.#staleMs)
    this.#stations.set(name, station)
    station.staleMs = checked.staleMs ?? this.#staleMs
    const nowMs = this.#clock.now()
    station.set(checked, nowMs)
    if (this.#show(station, nowMs)) this.#showColour()
    return true
  }

  /** Removes a station. False when there is none of this name. */
  remove(name: string): boolean {
    const station = this.#stations.get(name)
    if (!station) return false
    this.#stations.delete(name)
    station.source?.detach()
    const revision = ++this.#revision
    this.#order.later(() => {
      this.#events.emit('removed', { station: name })
      this.#subscribers.tell({ kind: 'removed', revision, station: name })
    })
    this.#showColour()
    return true
  }

  /** Reads every watched station once and tells what has changed, staleness included. O(stations and their rules). */
  refresh(): void {
    const nowMs = this.#clock.now()
    for (const station of this.#stations.values()) this.#read(station, nowMs)
    this.#showColour()
  }

  /** Refreshes every `everyMs` from now on. A second call replaces the interval. */
  start(options: BoardStartOptions = {}): void {
    const everyMs = checkBoardStart(options)
    this.stop()
    this.#schedule(everyMs)
  }

  /** Ends `start()`. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Ends `start()`, and takes its listeners off everything that it watches and off the cord. */
  [Symbol.dispose](): void {
    this.stop()
    for (const { source } of this.#stations.values()) source?.detach()
    for (const detach of this.#detachCord) detach()
  }

  /** The whole board, as of the last reading of each station. O(stations and their rules). */
  snapshot(): BoardSnapshot {
    const stations = [...this.#lamps()]
    return {
      name: this.name,
      colour: this.#colourOf(stations),
      revision: this.#revision,
      stations,
      cord: this.cord.snapshot(),
      readFailures: this.#readFailures,
      refused: this.#refused,
      isRunning: this.#timer !== undefined,
    }
  }

  #colourOf(lamps: Iterable<StationLamp>): LampColour {
    return this.cord.isPulled ? 'red' : (worstOf(lamps)?.colour ?? 'unknown')
  }

  *#lamps(): Generator<StationLamp, void, undefined> {
    const nowMs = this.#clock.now()
    for (const station of this.#stations.values()) yield this.#lampOf(station, nowMs)
  }

  #lampOf(station: Station, nowMs: number): StationLamp {
    const lamp = station.lamp(nowMs, this.#whenStale, this.#pulledAt(station.name))
    // Time alone may have changed a lamp since it was last told.
    return { ...lamp, since: station.told?.colour === lamp.colour ? station.told.since : this.#date() }
  }

  #pulledAt(name: string): string | undefined {
    if (!this.cord.isPulled) return undefined
    const pull = this.cord.snapshot().pulls.find(({ station }) => station === name)
    return pull && `${pull.reason} (${pull.by})`
  }

  #reread(station: Station): void {
    // A source may go on telling a board that has let go of it.
    if (this.#stations.get(station.name) !== station) return
    if (this.#read(station, this.#clock.now())) this.#showColour()
  }

  /** Reads a station, and says whether there is something to tell. */
  #read(station: Station, nowMs: number): boolean {
    const { failures, error, isNew } = station.read(nowMs)
    this.#readFailures += failures
    if (isNew) this.#order.later(() => this.#tellReadError(station.name, error))
    return this.#show(station, nowMs) || isNew
  }

  /** Commits what is to be told of a station, and says whether anything is. */
  #show(station: Station, nowMs: number): boolean {
    const lamp = this.#lampOf(station, nowMs)
    const { colour, isStale, since } = lamp
    const because = lamp.because?.reading
    const { told } = station
    if (told?.colour === colour && told.because === because && told.isStale === isStale) return false
    station.told = { colour, because, isStale, since }
    const event = { lamp, from: told?.colour ?? null }
    const revision = ++this.#revision
    this.#order.later(() => {
      this.#events.emit('lamp', event)
      this.#subscribers.tell({ kind: 'lamp', revision, ...event })
    })
    return true
  }

  /** Commits what is to be told of the whole, and tells everything. */
  #showColour(): void {
    const event = { from: this.#toldColour, to: this.colour }
    if (event.from !== event.to) {
      this.#toldColour = event.to
      const revision = ++this.#revision
      this.#order.later(() => {
        this.#events.emit('colour', event)
        this.#subscribers.tell({ kind: 'colour', revision, ...event })
      })
    }
    this.#order.now()
  }

  #cordMoved(): void {
    const revision = ++this.#revision
    const cord = this.cord.snapshot()
    this.#order.later(() => this.#subscribers.tell({ kind: 'cord', revision, cord }))
    const nowMs = this.#clock.now()
    for (const station of this.#stations.values()) this.#show(station, nowMs)
    this.#showColour()
  }

  #tellReadError(station: string, error: unknown): void {
    if (this.#events.has('readError')) this.#events.emit('readError', { station, error })
    else console.error(`Station "${station}" of board "${this.name}" can't be read:`, error)
  }

  #isFull(): boolean {
    if (this.#stations.size < this.#maxStations) return false
    this.#refused++
    return true
  }

  #schedule(everyMs: number): void {
    this.#timer = this.#timers.schedule(everyMs, () => {
      // Armed first, so that a listener may call stop().
      this.#schedule(everyMs)
      this.refresh()
    })
  }

  #date(): string {
    return new Date(readWall(this.#wallNow)).toISOString()
  }
}
