/**
 * The same response with a body that tells how it ends: `ended` resolves when it was read to its end or cancelled, and
 * rejects when it broke off.
 */
export function watchBody(response: Response): { readonly response: Response; readonly ended: Promise<void> } {
  if (!response.body) return { response, ended: Promise.resolve() }
  const reader = response.body.getReader()
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (!done) {
            controller.enqueue(value as Uint8Array<ArrayBuffer>)
            return
          }
          controller.close()
          resolve()
        } catch (error) {
          controller.error(error)
          reject(error)
        }
      },
      async cancel(reason) {
        resolve()
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  const { status, statusText, headers } = response
  const watched = new Response(body, { status, statusText, headers })
  // The constructor takes no such things.
  for (const property of ['url', 'redirected', 'type'] as const)
    Object.defineProperty(watched, property, { value: response[property] })
  return { response: watched, ended }
}
