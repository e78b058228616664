import { UsageError, readValues, runCommand, urlOf } from './command-line.ts'

// `make health` and `make status`: what the service says of itself. Ends with 1 when it is unhealthy or doesn't answer.

await runCommand(async ([page, ...args]) => {
  if (page !== 'health' && page !== 'status') throw new UsageError('health or status?')
  const given = readValues(['URL'], args, process.env)
  if (!given) {
    console.log(`make ${page} [URL=http://localhost:8080]`)
    return 0
  }
  const url = new URL(`/${page}`, urlOf('URL', given['URL'] ?? 'http://localhost:8080'))
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    console.log(JSON.stringify(await response.json(), null, 2))
    return response.ok ? 0 : 1
  } catch (error) {
    const { cause, message } = error as Error
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : message
    console.error(`Nobody answers at ${url.href} (${reason}). "pnpm start" starts the service.`)
    return 1
  }
})
