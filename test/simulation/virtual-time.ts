import type { Clock, Timer, Timers } from '@tps/internal'

class Event implements Timer {
  readonly atMs: number
  readonly order: number
  callback: (() => void) | undefined

  constructor(atMs: number, order: number, callback: () => void) {
    this.atMs = atMs
    this.order = order
    this.callback = callback
  }

  cancel(): void {
    this.callback = undefined
  }
}

/** Time that jumps from event to event: clock and timers for whatever is simulated. O(log events) each. */
export class VirtualTime implements Clock, Timers {
  #nowMs = 0
  #order = 0
  readonly #heap: Event[] = []

  now(): number {
    return this.#nowMs
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const event = new Event(this.#nowMs + delayMs, this.#order++, callback)
    this.#push(event)
    return event
  }

  /** Lets events happen, and those that they schedule, for as long as there are any and `goesOn` says so. */
  run(goesOn: () => boolean): void {
    while (goesOn()) {
      const event = this.#pop()
      if (event === undefined) return
      this.#nowMs = event.atMs
      event.callback?.()
    }
  }

  #push(event: Event): void {
    const heap = this.#heap
    let place = heap.length
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (isBefore(heap[parent] as Event, event)) break
      heap[place] = heap[parent] as Event
      place = parent
    }
    heap[place] = event
  }

  #pop(): Event | undefined {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (last === undefined || last === first) return first
    let place = 0
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child++
      if (isBefore(last, heap[child] as Event)) break
      heap[place] = heap[child] as Event
      place = child
    }
    heap[place] = last
    return first
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
}
