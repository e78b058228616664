/**
 * A promise that rejects in a microtask. Whoever awaits it has hung a handler on it by then, so that the platform
 * neither takes it for unhandled nor takes that back, which would cost more than all the rest of a refusal.
 */
export function rejectSoon(error: unknown): Promise<never> {
  return new Promise((_, reject) => queueMicrotask(() => reject(error)))
}
