import type { ListenerErrorHandler } from '@tps/internal'
import { printListenerError } from '@tps/internal'

/** What a user's function must return. */
export interface Answer<R> {
  /** Says it in a message. */
  readonly what: string
  readonly isRight: (answer: unknown) => answer is R
  /** Used instead of a wrong answer. */
  readonly otherwise: R
}

/** A user's function that can't hurt: what it throws, or that it answers wrongly, is reported, and `otherwise` used. */
export function guarded<A, R>(
  name: string,
  callback: (argument: A) => R,
  { what, isRight, otherwise }: Answer<R>,
  report: ListenerErrorHandler,
): (argument: A) => R {
  return (argument) => {
    try {
      const answer: unknown = callback(argument)
      if (isRight(answer)) return answer
      tell(new TypeError(`${name} must return ${what}, got ${String(answer)}`), name, report)
    } catch (error) {
      tell(error, name, report)
    }
    return otherwise
  }
}

function tell(error: unknown, name: string, report: ListenerErrorHandler): void {
  try {
    report(error, name)
  } catch (second) {
    printListenerError(second, name)
  }
}
