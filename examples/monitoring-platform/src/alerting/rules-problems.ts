import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'

type Problem = ReturnType<typeof Value.Errors>[number]

/** What is wrong with `given`, each with the rule, the key and the reason. */
export function problemsOf(schema: TSchema, given: unknown): readonly string[] {
  const errors = Value.Errors(schema, given)
  const described = errors.flatMap((error) => describe(schema, given, error))
  // Of what may be one of several, each of them says what is wrong: the whole says it better.
  const wholes = errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath)
  const texts = described
    .filter(({ path, isWhole }) => isWhole || !wholes.some((whole) => path === whole || path.startsWith(`${whole}/`)))
    .map(({ text }) => text)
  return [...new Set(texts)]
}

interface Described {
  readonly path: string
  readonly text: string
  readonly isWhole: boolean
}

function describe(schema: TSchema, given: unknown, error: Problem): readonly Described[] {
  const { keyword, instancePath: path, message } = error
  const params = error.params as Readonly<Record<string, unknown>>
  const { where, value, says } = locate(schema, given, path)
  const at = (key: string, reason: string): Described => ({
    path,
    text: `${where}${where !== '' && key !== '' ? ': ' : ''}${key} ${reason}`.trim(),
    isWhole: keyword === 'anyOf',
  })
  const key = keyOf(path)
  if (keyword === 'boolean') return []
  if (keyword === 'additionalProperties' && says === undefined)
    return [params['additionalProperties']].flat().map((extra) => at(key, `has no key "${String(extra)}"`))
  if (keyword === 'required')
    return [params['requiredProperties']].flat().map((missing) => at(key, `must have ${String(missing)}`))
  const allowed = params['allowedValues']
  const reason = says ? `must be ${says}` : Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : message
  return [at(key, `${reason}; it is ${JSON.stringify(value) ?? 'missing'}`)]
}

/** The key as people write it, without the rule that it belongs to. */
function keyOf(path: string): string {
  const [, top, index, ...rest] = path.split('/')
  if (top === 'rules' && index !== undefined) return rest.join('.')
  return [top, index, ...rest].filter((part) => part !== undefined && part !== '').join('.')
}

interface Place {
  /** `rule "HighCpu"`, `rules[3]` for one without a name, empty elsewhere. */
  readonly where: string
  readonly value: unknown
  readonly says: string | undefined
}

function locate(schema: TSchema, given: unknown, path: string): Place {
  const parts = path.split('/').slice(1)
  let value = given
  let part: object | undefined = schema
  for (const name of parts) {
    value = (value as Readonly<Record<string, unknown>> | undefined)?.[name]
    part = childOf(part, name)
  }
  const says: unknown = part && Reflect.get(part, 'says')
  return { where: whereOf(given, parts), value, says: typeof says === 'string' ? says : undefined }
}

function childOf(schema: object | undefined, name: string): object | undefined {
  if (!schema) return undefined
  const { properties, patternProperties, items } = schema as Readonly<
    Record<'properties' | 'patternProperties', Readonly<Record<string, object>> | undefined> & { items?: object }
  >
  return properties?.[name] ?? Object.values(patternProperties ?? {})[0] ?? items
}

function whereOf(given: unknown, [top, index]: readonly string[]): string {
  if (top !== 'rules' || index === undefined) return ''
  const rule = (given as { readonly rules?: readonly unknown[] }).rules?.[Number(index)]
  const name: unknown = typeof rule === 'object' && rule !== null ? Reflect.get(rule, 'name') : undefined
  return typeof name === 'string' && name !== '' ? `rule "${name}"` : `rules[${index}]`
}
