import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import type { Matcher } from '../storage/store.ts'
import { QueryError, durationMs } from './parameters.ts'
import type { Expression, Selector } from './promql-ast.ts'
import { AGGREGATIONS, CALLS } from './promql-supported.ts'

/** Reads an expression. @throws {QueryError} that says what is wrong, or not supported. */
export function parsePromQl(text: string): Expression {
  const { topNode } = parser.parse(text)
  if (text.trim() === '') throw new QueryError('the query is empty')
  const error = findError(topNode)
  if (error)
    throw new QueryError(
      `the query can't be read at "${text.slice(error.from, error.from + 20)}" (place ${error.from})`,
    )
  const [node] = children(topNode)
  if (!node) throw new QueryError('the query is empty')
  return new Reader(text).read(node)
}

/** Reads what may stand in `match[]`. */
export function parseSelector(text: string): Selector {
  const expression = parsePromQl(text)
  if (expression.kind !== 'selector' || expression.rangeMs !== undefined)
    throw new QueryError(`match[] must be a selector such as up{job="a"}, got ${JSON.stringify(text)}`)
  return expression
}

function findError(node: SyntaxNode): SyntaxNode | undefined {
  if (node.type.isError) return node
  for (const child of children(node)) {
    const error = findError(child)
    if (error) return error
  }
  return undefined
}

function children(node: SyntaxNode): readonly SyntaxNode[] {
  const all: SyntaxNode[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) all.push(child)
  return all
}

class Reader {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  read(node: SyntaxNode): Expression {
    const [first, second, third] = children(node)
    switch (node.name) {
      case 'ParenExpr':
        return this.read(this.#needed(first, node))
      case 'NumberDurationLiteral':
        return { kind: 'number', value: this.#number(node) }
      case 'UnaryExpr': {
        const of = this.read(this.#needed(second, node))
        return this.#textOf(this.#needed(first, node)) === '-' ? { kind: 'negative', of } : of
      }
      case 'VectorSelector':
        return this.#selector(node)
      case 'MatrixSelector': {
        const selector = this.read(this.#needed(first, node))
        if (selector.kind !== 'selector') return this.#unsupported(node)
        return { ...selector, rangeMs: this.#duration(this.#needed(second, node)) }
      }
      case 'OffsetExpr': {
        const selector = this.read(this.#needed(first, node))
        if (selector.kind !== 'selector') return this.#unsupported(node)
        return { ...selector, offsetMs: this.#duration(this.#needed(third, node)) }
      }
      case 'FunctionCall':
        return this.#call(node)
      case 'AggregateExpr':
        return this.#aggregate(node)
      case 'BinaryExpr':
        return this.#binary(node)
      default:
        return this.#unsupported(node)
    }
  }

  #selector(node: SyntaxNode): Selector {
    let name: string | undefined
    const matchers: Matcher[] = []
    for (const child of children(node)) {
      if (child.name === 'Identifier') name = this.#textOf(child)
      else for (const matcher of children(child)) matchers.push(this.#matcher(matcher))
    }
    // An equality with the name is the name: that is how stores find series.
    const named = matchers.findIndex(({ tag, operator }) => tag === '__name__' && operator === '=')
    if (named !== -1 && name === undefined) name = matchers.splice(named, 1)[0]?.value
    if (name === undefined && matchers.every(matchesEmpty))
      throw new QueryError('a selector needs a name, or a label that is not empty')
    return { kind: 'selector', name, matchers, rangeMs: undefined, offsetMs: 0 }
  }

  #matcher(node: SyntaxNode): Matcher {
    const parts = children(node)
    if (parts.length !== 3) return this.#unsupported(node)
    const [label, operator, value] = parts.map((part) => this.#textOf(part))
    const tag = label?.startsWith('"') === true ? this.#string(label) : (label ?? '')
    return { tag, operator: operator as Matcher['operator'], value: this.#string(value ?? '') }
  }

  #call(node: SyntaxNode): Expression {
    const [identifier, body] = children(node)
    const name = this.#textOf(this.#needed(identifier, node))
    if (!(name in CALLS)) return this.#unsupported(node, `${name}()`)
    const parameters = children(this.#needed(body, node)).map((child) => this.read(child))
    const expected = CALLS[name as keyof typeof CALLS]
    if (parameters.length !== expected.length)
      throw new QueryError(`${name}() has ${expected.length} parameters, got ${parameters.length}`)
    for (const [index, parameter] of parameters.entries()) {
      const isRange = parameter.kind === 'selector' && parameter.rangeMs !== undefined
      if (isRange !== (expected[index] === 'range'))
        throw new QueryError(
          `parameter ${index + 1} of ${name}() must be ${expected[index] === 'range' ? 'a range such as x[1m]' : 'no range'}`,
        )
    }
    return { kind: 'call', name, parameters }
  }

  #aggregate(node: SyntaxNode): Expression {
    let operator = ''
    let isWithout = false
    let labels: readonly string[] = []
    let parameters: readonly Expression[] = []
    for (const child of children(node)) {
      if (child.name === 'AggregateOp') operator = this.#textOf(child)
      else if (child.name === 'AggregateModifier') {
        isWithout = this.#textOf(child).startsWith('without')
        labels = this.#labels(child)
      } else parameters = children(child).map((one) => this.read(one))
    }
    if (!(operator in AGGREGATIONS)) return this.#unsupported(node, operator)
    const count = AGGREGATIONS[operator as keyof typeof AGGREGATIONS]
    if (parameters.length !== count)
      throw new QueryError(`${operator}() has ${count} parameters, got ${parameters.length}`)
    return { kind: 'aggregate', operator, isWithout, labels, parameter: parameters.at(-2), of: parameters.at(-1)! }
  }

  #binary(node: SyntaxNode): Expression {
    const parts = children(node)
    const operator = this.#textOf(this.#needed(parts[1], node))
    if (!/^([-+*/%^]|[=!]=|[<>]=?)$/.test(operator)) return this.#unsupported(node, operator)
    const clause = parts.find(({ name }) => name === 'MatchingModifierClause')
    const names = clause ? children(clause).map(({ name }) => name) : []
    if (names.includes('GroupLeft') || names.includes('GroupRight'))
      return this.#unsupported(node, 'group_left, group_right')
    return {
      kind: 'binary',
      operator,
      isBool: parts.some(({ name }) => name === 'BoolModifier'),
      matching: clause && { isOn: names.includes('On'), labels: this.#labels(clause) },
      left: this.read(parts[0]!),
      right: this.read(parts.at(-1)!),
    }
  }

  #labels(node: SyntaxNode): readonly string[] {
    const list = children(node).find(({ name }) => name === 'GroupingLabels')
    return list ? children(list).map((label) => this.#textOf(label).replaceAll('"', '')) : []
  }

  #duration(node: SyntaxNode): number {
    const text = this.#textOf(node)
    const ms = durationMs(text) ?? (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : undefined)
    return ms ?? this.#unsupported(node, `the duration ${text}`)
  }

  #number(node: SyntaxNode): number {
    const text = this.#textOf(node)
    if (/^inf$/i.test(text)) return Number.POSITIVE_INFINITY
    if (/^nan$/i.test(text)) return Number.NaN
    const ms = durationMs(text)
    return ms === undefined ? Number(text) : ms / 1_000
  }

  #string(quoted: string): string {
    const [quote] = quoted
    const inner = quoted.slice(1, -1)
    if (quote === '`') return inner
    const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
    return inner.replaceAll(/\\(.)/g, (_, character: string) => escapes[character] ?? character)
  }

  #needed(node: SyntaxNode | undefined, parent: SyntaxNode): SyntaxNode {
    return node ?? this.#unsupported(parent)
  }

  #unsupported(node: SyntaxNode, what = `${JSON.stringify(this.#textOf(node))} (${node.name})`): never {
    throw new QueryError(
      `${what} is not supported. Supported are selectors, ranges, offset, arithmetic and comparison one to one, ` +
        `${[...Object.keys(AGGREGATIONS), ...Object.keys(CALLS)].join(', ')}.`,
    )
  }

  #textOf({ from, to }: SyntaxNode): string {
    return this.#text.slice(from, to)
  }
}

function matchesEmpty({ operator, value }: Matcher): boolean {
  if (operator === '=') return value === ''
  if (operator === '!=') return value !== ''
  try {
    return new RegExp(`^(?:${value})$`, 'su').test('') === (operator === '=~')
  } catch {
    return false
  }
}
