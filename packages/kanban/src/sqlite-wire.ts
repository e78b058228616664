import type { Answer, ClaimedRow, DeadRow, PutAnswer, Request } from './sqlite-protocol.ts'

// To clone one flat array for another thread costs about a third of what it costs to clone the objects in it.

/** Requests, one after the other: the kind of each, then its values in the order of `FIELDS`. */
export type PackedRequests = readonly unknown[]

/** Answers, one after the other: what each is, then its values. */
export type PackedAnswers = readonly unknown[]

type Names<V> = V extends unknown ? readonly Exclude<keyof V, 'kind'>[] : never

const FIELDS: { readonly [K in Request['kind']]: Names<Extract<Request, { kind: K }>> } = {
  put: ['item', 'class', 'key', 'tenant', 'headers', 'delayMs', 'deadlineMs'],
  claim: ['count'],
  ack: ['id', 'fence'],
  retry: ['id', 'fence', 'delayMs', 'error'],
  release: ['id', 'fence'],
  extend: ['id', 'fence', 'ms'],
  'dead-letter': ['id', 'fence', 'error'],
  'list-dead': ['after', 'limit'],
  redrive: ['id'],
  'remove-dead': ['id'],
}

const ROW: Names<ClaimedRow> = [
  'id',
  'attempt',
  'fence',
  'item',
  'class',
  'key',
  'tenant',
  'headers',
  'createdAt',
  'errors',
]

export function packRequests(requests: readonly Request[]): PackedRequests {
  const packed: unknown[] = []
  for (const request of requests) {
    packed.push(request.kind)
    for (const name of FIELDS[request.kind]) packed.push(request[name as keyof Request])
  }
  return packed
}

export function unpackRequests(packed: PackedRequests): Request[] {
  const requests: Request[] = []
  for (let at = 0; at < packed.length;) {
    const kind = packed[at++] as Request['kind']
    const names = FIELDS[kind]
    requests.push(read({ kind }, names, packed, at) as Request)
    at += names.length
  }
  return requests
}

export function packAnswers(answers: readonly Answer[]): PackedAnswers {
  const packed: unknown[] = []
  for (const answer of answers) {
    if (typeof answer === 'string') packed.push(answer)
    else if ('how' in answer) packed.push('put', answer.how, answer.id)
    else if (areClaimed(answer)) {
      packed.push('claimed', answer.length)
      for (const row of answer) for (const name of ROW) packed.push(row[name])
    } else packed.push('listed', answer)
  }
  return packed
}

export function unpackAnswers(packed: PackedAnswers): Answer[] {
  const answers: Answer[] = []
  for (let at = 0; at < packed.length;) {
    const what = packed[at++] as 'put' | 'claimed' | 'listed' | Extract<Answer, string>
    if (what === 'put') answers.push({ how: packed[at++] as PutAnswer['how'], id: packed[at++] as number })
    else if (what === 'claimed') {
      const rows: ClaimedRow[] = []
      for (let left = packed[at++] as number; left > 0; left--) {
        rows.push(read({}, ROW, packed, at) as unknown as ClaimedRow)
        at += ROW.length
      }
      answers.push(rows)
    } else answers.push(what === 'listed' ? (packed[at++] as readonly DeadRow[]) : what)
  }
  return answers
}

function areClaimed(rows: readonly ClaimedRow[] | readonly DeadRow[]): rows is readonly ClaimedRow[] {
  const [first] = rows
  return first === undefined || 'fence' in first
}

function read(
  into: Record<string, unknown>,
  names: readonly string[],
  packed: readonly unknown[],
  from: number,
): object {
  for (const [index, name] of names.entries()) into[name] = packed[from + index]
  return into
}
