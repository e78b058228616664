/** What of an option's schema says what it may be. */
interface OptionSchema {
  readonly type?: unknown
  readonly enum?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly secret?: boolean
  readonly description?: string
}

interface ValidationError {
  readonly instancePath?: string
}

/** Says of each option that the validation refused what it may be and what it is, but never the value of a secret. */
export function describeProblems(
  error: unknown,
  schemas: Readonly<Record<string, object>>,
  given: Readonly<Record<string, string | undefined>>,
): string[] {
  const errors = (error as { errors?: readonly ValidationError[] }).errors ?? []
  const keys = new Set(errors.map(({ instancePath = '' }) => instancePath.slice(1)))
  const problems = [...keys].flatMap((key) => {
    const schema: OptionSchema | undefined = schemas[key]
    return schema ? [describeOption(key, schema, given[key])] : []
  })
  return problems.length > 0 ? problems : [error instanceof Error ? error.message : String(error)]
}

function describeOption(key: string, schema: OptionSchema, value: string | undefined): string {
  const is = schema.secret ? '' : `; it is ${JSON.stringify(value)}`
  return `${key} must be ${expectedOf(schema)}${is}. ${schema.description ?? ''}`.trimEnd()
}

/** What a schema allows, in words. */
export function expectedOf({ type, enum: choices, minimum, maximum, minLength }: OptionSchema): string {
  if (Array.isArray(choices)) return `one of ${choices.join(', ')}`
  if (type === 'integer') return `an integer from ${minimum} to ${maximum}`
  if (type === 'number') return `a number from ${minimum} to ${maximum}`
  if (type === 'boolean') return 'true or false'
  return minLength !== undefined && minLength > 1 ? `a text of at least ${minLength} characters` : 'a text'
}
