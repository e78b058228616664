/** Something thrown, as JSON: an error by its parts, anything else as a value. */
export type ThrownJson = ErrorJson | ValueJson

/** An error by its parts. */
export interface ErrorJson {
  readonly name: string
  readonly message: string
  readonly code?: string | number
  readonly stack?: string
  readonly cause?: ThrownJson
  /** Of an `AggregateError`. */
  readonly errors?: readonly ThrownJson[]
}

/** A thrown value that is no error. What JSON can't hold is kept as text; without `value` it was `undefined`. */
export interface ValueJson {
  readonly value?: unknown
}

/** How deep causes and the errors of an `AggregateError` are followed. Ends cycles, too. */
const MAX_DEPTH = 16

/** What is kept of something thrown: an error's name, message, code, cause and, on demand, stack. Never throws. */
export function thrownToJson(thrown: unknown, withStack: boolean, depth = 1): ThrownJson {
  if (!isError(thrown)) return valueToJson(thrown)
  const code = read(thrown, 'code')
  const stack = withStack ? read(thrown, 'stack') : undefined
  const errors = read(thrown, 'errors')
  const goesOn = depth < MAX_DEPTH
  return {
    name: asText(read(thrown, 'name')),
    message: asText(read(thrown, 'message')),
    ...((typeof code === 'string' || Number.isFinite(code)) && { code: code as string | number }),
    ...(typeof stack === 'string' && { stack }),
    ...(goesOn && has(thrown, 'cause') && { cause: thrownToJson(read(thrown, 'cause'), withStack, depth + 1) }),
    ...(goesOn && Array.isArray(errors) && { errors: errors.map((each) => thrownToJson(each, withStack, depth + 1)) }),
  }
}

/** An error like the one that was kept: same name, message, code, cause. Of its class only `AggregateError` is restored. */
export function thrownFromJson(json: ThrownJson): unknown {
  if (!('message' in json)) return json.value
  const { name, message, code, stack, cause, errors } = json
  const options = cause === undefined ? undefined : { cause: thrownFromJson(cause) }
  const error = errors ? new AggregateError(errors.map(thrownFromJson), message, options) : new Error(message, options)
  if (error.name !== name) define(error, 'name', name)
  // Where the error was restored says nothing.
  define(error, 'stack', stack ?? `${name}: ${message}`)
  return code === undefined ? error : Object.assign(error, { code })
}

/** What is wrong with `json` as something thrown; `undefined` when nothing is. */
export function faultOfThrown(json: unknown, depth = 1): string | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return 'is no object'
  if (depth > MAX_DEPTH) return `has causes more than ${MAX_DEPTH} deep`
  const { name, message, code, stack, cause, errors } = json as Record<string, unknown>
  if (message === undefined && name === undefined) return undefined
  if (typeof message !== 'string') return 'has a message that is no text'
  if (typeof name !== 'string') return 'has a name that is no text'
  if (code !== undefined && typeof code !== 'string' && typeof code !== 'number') return 'has a code that is no text'
  if (stack !== undefined && typeof stack !== 'string') return 'has a stack that is no text'
  if (errors !== undefined && !Array.isArray(errors)) return 'has errors that are no list'
  const inner = [...(cause === undefined ? [] : [cause]), ...((errors as unknown[] | undefined) ?? [])]
  const fault = inner.map((each) => faultOfThrown(each, depth + 1)).find((each) => each !== undefined)
  return fault === undefined ? undefined : `has a cause that ${fault}`
}

function valueToJson(value: unknown): ValueJson {
  if (value === undefined) return {}
  if (typeof value === 'number' && !Number.isFinite(value)) return { value: String(value) }
  try {
    const text = JSON.stringify(value) as string | undefined
    // As JSON has it: a getter or toJSON is asked once.
    return { value: text === undefined ? asText(value) : JSON.parse(text) }
  } catch {
    return { value: asText(value) }
  }
}

function isError(thrown: unknown): thrown is object {
  if (typeof thrown !== 'object' || thrown === null) return false
  try {
    // The tag finds errors of another realm.
    return thrown instanceof Error || /^\[object (Error|DOMException)\]$/.test(Object.prototype.toString.call(thrown))
  } catch {
    return false
  }
}

function has(target: object, key: string): boolean {
  try {
    return Reflect.has(target, key)
  } catch {
    return false
  }
}

function read(target: object, key: string): unknown {
  try {
    return Reflect.get(target, key)
  } catch {
    return undefined
  }
}

function asText(value: unknown): string {
  try {
    return String(value)
  } catch {
    return 'something that has no text'
  }
}

function define(error: Error, key: string, value: string): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false })
}
