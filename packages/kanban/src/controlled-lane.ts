import type { Slot } from './entry.ts'
import { Lane } from './lane.ts'
import { NOTHING, type Victim } from './line.ts'
import type { OverloadControl } from './overload.ts'

/** A lane under overload control. */
export class ControlledLane<T> extends Lane<T> {
  declare protected readonly control: OverloadControl
  #isNewestChosen = false

  // oxlint-disable-next-line no-useless-constructor -- a plain lane needs no control, this one does.
  constructor(control: OverloadControl) {
    super(control)
  }

  override choose(nowMs: number, shed: Victim<T>[]): Slot<T> | typeof NOTHING {
    this.control.shed(this, nowMs, shed)
    if (this.size === 0) return NOTHING
    this.#isNewestChosen = this.control.prefersNewest(nowMs)
    return (this.#isNewestChosen ? this.newest() : this.oldest()) as Slot<T>
  }

  override take(): Slot<T> {
    return this.#isNewestChosen ? this.pop() : this.shift()
  }
}
