/** Thrown when a station is added to a board that has as many as its `maxStations` allows. */
export class BoardFullError extends Error {
  override readonly name = 'BoardFullError'
  readonly code = 'ERR_BOARD_FULL'
  /** The name of the board. */
  readonly board: string
  /** The station that found no place. */
  readonly station: string
  /** `maxStations`. */
  readonly limit: number

  constructor(board: string, station: string, limit: number) {
    super(`Board "${board}" has no room for station "${station}": it has its ${limit}`)
    this.board = board
    this.station = station
    this.limit = limit
  }
}
