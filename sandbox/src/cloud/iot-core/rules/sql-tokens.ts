// sandbox/src/cloud/iot-core/rules/sql-tokens.ts: cuts a rule's SQL into words, literals and signs.
import { AwsError } from '../../aws-error.ts'

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly text: string; readonly at: number }
  | { readonly kind: 'sign'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number }

/** The message says where, by the position in the text. */
export const sqlError = (what: string, at: number) => new AwsError('SqlParseException', `${what} (at character ${at + 1})`)

/** Words: letters, digits and underscores. Literals of text stand in single or double quotes; a doubled quote is one of the text. */
const PATTERNS: readonly (readonly [Exclude<Token['kind'], 'end'>, RegExp])[] = [
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['number', /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['text', /'(?:[^']|'')*'|"(?:[^"]|"")*"/y],
  ['sign', /<>|<=|>=|!=|[=<>+\-*/%(),.{}[\]:]/y],
]
const SPACE = /\s*/y

/** @throws AwsError SqlParseException */
export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = []
  for (let at = skipSpace(sql, 0); at < sql.length; ) {
    const token = tokenAt(sql, at)
    tokens.push(token.token)
    at = skipSpace(sql, token.end)
  }
  return [...tokens, { kind: 'end', text: '', at: sql.length }]
}

function tokenAt(sql: string, at: number): { readonly token: Token; readonly end: number } {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at
    const [found] = pattern.exec(sql) ?? []
    if (found !== undefined) return { token: { kind, text: kind === 'text' ? unquoted(found) : found, at }, end: at + found.length }
  }
  const isQuote = sql[at] === "'" || sql[at] === '"'
  throw sqlError(isQuote ? 'A quoted text does not end' : `Unexpected character '${sql[at] ?? ''}'`, at)
}

function unquoted(literal: string): string {
  const quote = literal.slice(0, 1)
  return literal.slice(1, -1).replaceAll(quote + quote, quote)
}

function skipSpace(sql: string, at: number): number {
  SPACE.lastIndex = at
  SPACE.exec(sql)
  return SPACE.lastIndex
}
