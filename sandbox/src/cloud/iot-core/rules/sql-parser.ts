// sandbox/src/cloud/iot-core/rules/sql-parser.ts: reads statements of topic rules (AWS IoT guide, «AWS IoT SQL reference»).
import { parseExpression } from './sql-expression-parser.ts'
import type { Column, Expression, NestedQuery, Query, Statement } from './sql-ast.ts'
import { tokenReader, type TokenReader } from './token-reader.ts'

/** @throws AwsError SqlParseException */
export function parseStatement(sql: string): Statement {
  const reader = tokenReader(sql)
  reader.expectWord('SELECT')
  const selected = readSelected(reader)
  const from = reader.takeWord('FROM') ? reader.expect('text', 'a topic filter in quotes') : undefined
  const where = reader.takeWord('WHERE') ? expression(reader) : undefined
  reader.expectEnd()
  return { ...selected, from, where }
}

/** One expression alone, as in `${…}`. @throws AwsError SqlParseException */
export function parseWholeExpression(text: string): Expression {
  const reader = tokenReader(text)
  const parsed = expression(reader)
  reader.expectEnd()
  return parsed
}

const expression = (reader: TokenReader): Expression => parseExpression(reader, readNestedQuery)

/** What follows `(SELECT`. */
function readNestedQuery(reader: TokenReader): NestedQuery {
  const selected = readSelected(reader)
  reader.expectWord('FROM')
  const from = expression(reader)
  const where = reader.takeWord('WHERE') ? expression(reader) : undefined
  return { ...selected, from, where }
}

function readSelected(reader: TokenReader): Pick<Query, 'value' | 'columns'> {
  if (reader.takeValueKeyword()) return { value: expression(reader), columns: [] }
  const columns = [readColumn(reader)]
  while (reader.takeSign(',')) columns.push(readColumn(reader))
  return { value: undefined, columns }
}

function readColumn(reader: TokenReader): Column {
  if (reader.takeSign('*')) return { kind: 'spread', of: { kind: 'all' } }
  const value = expression(reader)
  if (value.kind === 'member' && value.name === '*') return { kind: 'spread', of: value.of }
  return { kind: 'value', value, path: reader.takeWord('AS') ? readAlias(reader) : [nameOf(value)] }
}

function readAlias(reader: TokenReader): readonly string[] {
  const path = [reader.expectName()]
  while (reader.takeSign('.')) path.push(reader.expectName())
  return path
}

/** Without AS: the last name of a path, the name of a function. AWS does not say what others are called. */
function nameOf(value: Expression): string {
  return value.kind === 'name' || value.kind === 'member' || value.kind === 'call' ? value.name : value.kind
}
