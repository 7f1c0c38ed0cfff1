// sandbox/src/cloud/logs/filter-pattern.ts: the filter patterns of CloudWatch Logs: terms, and conditions on JSON («Filter pattern syntax»). No space-delimited patterns, no regular expressions.

export type Matches = (message: string) => boolean

export class PatternMalformed extends Error {
  override readonly name = 'PatternMalformed'
}

/** @throws PatternMalformed */
export function compileFilterPattern(pattern: string | undefined): Matches {
  const text = pattern?.trim() ?? ''
  if (text === '') return () => true
  if (text.startsWith('{')) return jsonPattern(text)
  if (text.startsWith('[') || text.startsWith('%')) throw new PatternMalformed('Invalid filter pattern: the sandbox knows terms and JSON conditions, not this')
  return termPattern(text)
}

/** All plain terms must occur, one of the `?terms` if there are any, none of the `-terms`. */
function termPattern(text: string): Matches {
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)].map(([, sign = '', quoted, plain]) => ({ sign, term: quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '' }))
  const bySign = (sign: string) => terms.filter((each) => each.sign === sign).map(({ term }) => term)
  const [all, any, none] = [bySign(''), bySign('?'), bySign('-')]
  return (message) => all.every((term) => message.includes(term)) && (any.length === 0 || any.some((term) => message.includes(term))) && !none.some((term) => message.includes(term))
}

type Condition = (event: unknown) => boolean

function jsonPattern(text: string): Matches {
  if (!text.endsWith('}')) throw new PatternMalformed('Invalid filter pattern: missing }')
  const tokens = tokensOf(text.slice(1, -1))
  const condition = disjunction(tokens)
  if (tokens.length > 0) throw new PatternMalformed(`Invalid filter pattern at ${tokens[0] ?? ''}`)
  return (message) => {
    try {
      return condition(JSON.parse(message))
    } catch {
      return false // an event that is no JSON matches no JSON pattern
    }
  }
}

const TOKEN = /\s*(\(|\)|&&|\|\||!=|<=|>=|=|<|>|"(?:[^"\\]|\\.)*"|[^\s()=!<>&|"]+)/y

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  let at = 0
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)
    if (!found?.[1]) throw new PatternMalformed(`Invalid filter pattern at ${text.slice(at)}`)
    tokens.push(found[1])
    at = TOKEN.lastIndex
  }
  return tokens
}

function disjunction(tokens: string[]): Condition {
  const parts = [conjunction(tokens)]
  while (tokens[0] === '||') parts.push((tokens.shift(), conjunction(tokens)))
  return (event) => parts.some((part) => part(event))
}

function conjunction(tokens: string[]): Condition {
  const parts = [comparison(tokens)]
  while (tokens[0] === '&&') parts.push((tokens.shift(), comparison(tokens)))
  return (event) => parts.every((part) => part(event))
}

function comparison(tokens: string[]): Condition {
  const first = tokens.shift()
  if (first === '(') {
    const inner = disjunction(tokens)
    if (tokens.shift() !== ')') throw new PatternMalformed('Invalid filter pattern: missing )')
    return inner
  }
  const select = selector(first)
  const operator = tokens.shift()
  const operand = tokens.shift()
  if (operator === 'IS' && operand === 'NULL') return (event) => select(event) === null
  if (operator === 'IS' && (operand === 'TRUE' || operand === 'FALSE')) return (event) => select(event) === (operand === 'TRUE')
  if (operator === 'NOT' && operand === 'EXISTS') return (event) => select(event) === undefined
  if (operator === undefined || operand === undefined) throw new PatternMalformed('Invalid filter pattern: it ends too early')
  return compare(select, operator, operand)
}

type Select = (event: unknown) => unknown

/** `$.a.b[0]`, `$['a']` is not known to CloudWatch either. */
function selector(token: string | undefined): Select {
  const [, path] = /^\$((?:\.[\w-]+|\[\d+\])+)$/.exec(token ?? '') ?? []
  if (path === undefined) throw new PatternMalformed(`Invalid filter pattern: ${token ?? 'nothing'} selects no property`)
  const steps = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? index ?? '')
  return (event) => steps.reduce<unknown>((at, step) => (typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? (at as Record<string, unknown>)[step] : undefined), event)
}

function compare(select: Select, operator: string, operand: string): Condition {
  const equals = equality(operand)
  if (operator === '=') return (event) => equals(select(event))
  if (operator === '!=') return (event) => select(event) !== undefined && !equals(select(event))
  const wanted = Number(operand)
  const holds = ORDER[operator]
  if (!holds || Number.isNaN(wanted)) throw new PatternMalformed(`Invalid filter pattern: ${operator} ${operand}`)
  return (event) => {
    const actual = select(event)
    return typeof actual === 'number' && holds(actual, wanted)
  }
}

const ORDER: Readonly<Record<string, (actual: number, wanted: number) => boolean>> = {
  '<': (actual, wanted) => actual < wanted,
  '>': (actual, wanted) => actual > wanted,
  '<=': (actual, wanted) => actual <= wanted,
  '>=': (actual, wanted) => actual >= wanted,
}

/** Text with `*` for anything; a bare number equals a number too. */
function equality(operand: string): (value: unknown) => boolean {
  const text = operand.startsWith('"') ? operand.slice(1, -1).replace(/\\(.)/g, '$1') : operand
  const pieces = text.split('*')
  return (value) => {
    if (typeof value === 'number' && !operand.startsWith('"')) return value === Number(text)
    return typeof value === 'string' && hasPieces(value, pieces)
  }
}

/** Whether the value is these pieces in order, with anything between them. */
function hasPieces(value: string, [first = '', ...rest]: readonly string[]): boolean {
  const last = rest.pop()
  if (last === undefined) return value === first
  if (!value.startsWith(first) || value.length < first.length + last.length || !value.endsWith(last)) return false
  let at = first.length
  for (const piece of rest) {
    const found = value.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= value.length - last.length
}
