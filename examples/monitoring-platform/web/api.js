// Asking the platform.

/** The JSON that `path` answers. Throws what went wrong as a sentence. */
export async function ask(path, options = {}) {
  const response = await fetch(path, { headers: { accept: 'application/json' }, ...options })
  const body = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(body.message ?? `The platform answered with ${response.status}.`)
  return body
}

/** Calls `work` at once and then `everyMs` after each end, but not while nobody looks. Returns what calls it now. */
export function poll(work, everyMs) {
  let timer
  let isRunning = false
  const run = async () => {
    clearTimeout(timer)
    if (isRunning) return
    isRunning = true
    if (!document.hidden) await work()
    isRunning = false
    timer = setTimeout(run, everyMs)
  }
  document.addEventListener('visibilitychange', () => void (document.hidden || run()))
  void run()
  return run
}
