// sandbox/src/cloud/iot-core/rules/sql-expression-parser.ts: reads expressions of rule SQL, loosest operator first.
import type { Expression, NestedQuery, Operator } from './sql-ast.ts'
import { sqlError } from './sql-tokens.ts'
import type { TokenReader } from './token-reader.ts'

/** Reads what follows `(SELECT`; given in, since queries hold expressions and expressions hold queries. */
type ReadQuery = (reader: TokenReader) => NestedQuery

export function parseExpression(reader: TokenReader, readQuery: ReadQuery): Expression {
  return disjunction({ reader, readQuery, expression: () => parseExpression(reader, readQuery) })
}

interface Parsing {
  readonly reader: TokenReader
  readonly readQuery: ReadQuery
  readonly expression: () => Expression
}

const COMPARISONS = ['=', '<>', '!=', '<', '<=', '>', '>=']
const KEYWORDS = new Set(['SELECT', 'FROM', 'WHERE', 'AS', 'AND', 'OR', 'WHEN', 'THEN', 'ELSE', 'END'])

function disjunction(parsing: Parsing): Expression {
  let left = conjunction(parsing)
  while (parsing.reader.takeWord('OR')) left = { kind: 'binary', operator: 'OR', left, right: conjunction(parsing) }
  return left
}

function conjunction(parsing: Parsing): Expression {
  let left = negation(parsing)
  while (parsing.reader.takeWord('AND')) left = { kind: 'binary', operator: 'AND', left, right: negation(parsing) }
  return left
}

function negation(parsing: Parsing): Expression {
  return parsing.reader.takeWord('NOT') ? { kind: 'not', operand: negation(parsing) } : binaries(parsing, COMPARISONS, sum)
}

const sum = (parsing: Parsing): Expression => binaries(parsing, ['+', '-'], product)
const product = (parsing: Parsing): Expression => binaries(parsing, ['*', '/', '%'], sign)

function binaries(parsing: Parsing, signs: readonly string[], tighter: (parsing: Parsing) => Expression): Expression {
  let left = tighter(parsing)
  for (let found = parsing.reader.takeSign(...signs); found !== undefined; found = parsing.reader.takeSign(...signs)) {
    left = { kind: 'binary', operator: (found === '!=' ? '<>' : found) as Operator, left, right: tighter(parsing) } // one of `signs`
  }
  return left
}

function sign(parsing: Parsing): Expression {
  if (parsing.reader.takeSign('-') === undefined) return path(parsing)
  return { kind: 'negative', operand: sign(parsing) }
}

/** `a.b.c`; `a.*` only as a column. */
function path(parsing: Parsing): Expression {
  const { reader } = parsing
  let of = primary(parsing)
  while (reader.takeSign('.')) of = { kind: 'member', of, name: reader.takeSign('*') ?? reader.expect('word', 'a name') }
  return of
}

function primary(parsing: Parsing): Expression {
  const { reader } = parsing
  const token = reader.next()
  switch (token.kind) {
    case 'text':
      return { kind: 'literal', value: token.text }
    case 'number':
      return { kind: 'literal', value: Number(token.text) }
    case 'word':
      return word(parsing, token)
    case 'sign':
      if (token.text === '*') return { kind: 'all' }
      if (token.text === '(') return inParentheses(parsing)
      if (token.text === '{') return { kind: 'object', members: listUntil(parsing, '}', member) }
      if (token.text === '[') return { kind: 'array', items: listUntil(parsing, ']', ({ expression }) => expression()) }
      break
    case 'end':
      throw sqlError('Expected an expression, found the end', token.at)
  }
  throw sqlError(`Expected an expression, found '${token.text}'`, token.at)
}

function word(parsing: Parsing, { text, at }: { readonly text: string; readonly at: number }): Expression {
  const { reader } = parsing
  const upper = text.toUpperCase()
  if (upper === 'TRUE' || upper === 'FALSE') return { kind: 'literal', value: upper === 'TRUE' }
  if (upper === 'NULL') return { kind: 'literal', value: null }
  if (upper === 'CASE') return caseExpression(parsing)
  if (KEYWORDS.has(upper)) throw sqlError(`Expected an expression, found '${text}'`, at)
  if (reader.takeSign('(') === undefined) return { kind: 'name', name: text }
  return upper === 'CAST' ? cast(parsing) : { kind: 'call', name: text.toLowerCase(), args: listUntil(parsing, ')', ({ expression }) => expression()) }
}

function inParentheses({ reader, readQuery, expression }: Parsing): Expression {
  const inner: Expression = reader.takeWord('SELECT') ? { kind: 'query', query: readQuery(reader) } : expression()
  reader.expectSign(')')
  return inner
}

/** `value AS type)` */
function cast({ reader, expression }: Parsing): Expression {
  const operand = expression()
  reader.expectWord('AS')
  const type = reader.expect('word', 'a type').toLowerCase()
  reader.expectSign(')')
  return { kind: 'cast', operand, type }
}

function caseExpression({ reader, expression }: Parsing): Expression {
  const subject = expression()
  const branches: { readonly when: Expression; readonly then: Expression }[] = []
  do {
    reader.expectWord('WHEN')
    const when = expression()
    reader.expectWord('THEN')
    branches.push({ when, then: expression() })
  } while (reader.peek().text.toUpperCase() === 'WHEN')
  const otherwise = reader.takeWord('ELSE') ? expression() : undefined
  reader.expectWord('END')
  return { kind: 'case', subject, branches, otherwise }
}

function member({ reader, expression }: Parsing): readonly [string, Expression] {
  const name = reader.expectName()
  reader.expectSign(':')
  return [name, expression()]
}

function listUntil<T>(parsing: Parsing, end: string, item: (parsing: Parsing) => T): readonly T[] {
  const { reader } = parsing
  if (reader.takeSign(end)) return []
  const items = [item(parsing)]
  while (reader.takeSign(',')) items.push(item(parsing))
  reader.expectSign(end)
  return items
}
