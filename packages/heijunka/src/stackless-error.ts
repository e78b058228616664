/** An error without a stack trace, for what happens often and has to be cheap. */
export class StacklessError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    const limit = Error.stackTraceLimit
    setLimit(0)
    super(message, options)
    setLimit(limit)
  }
}

function setLimit(limit: number): void {
  try {
    Error.stackTraceLimit = limit
  } catch {
    // The intrinsics are frozen: the trace is captured, and nothing else changes.
  }
}
