import { ControlledLane } from './controlled-lane.ts'
import { FairLane } from './fair-lane.ts'
import { Lane } from './lane.ts'
import type { Line } from './line.ts'
import { type OverloadControl, overloadControl } from './overload.ts'
import type { CheckedQueueOptions } from './queue-options.ts'

/** One line for each class, of the kind that the options ask for. */
export function linesFor<T>({ classes, fairness, overload }: CheckedQueueOptions<T>): readonly Line<T>[] {
  const newControl = (): OverloadControl | undefined => overload && overloadControl(overload)
  return classes.map(() =>
    fairness
      ? new FairLane<T>(fairness, newControl)
      : overload
        ? new ControlledLane<T>(overloadControl(overload))
        : new Lane<T>(),
  )
}
