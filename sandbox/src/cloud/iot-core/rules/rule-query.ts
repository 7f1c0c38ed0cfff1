// sandbox/src/cloud/iot-core/rules/rule-query.ts: a rule's statement and its `${…}` templates, ready to be run for a message.
import { isObject, parseJson } from '../json.ts'
import type { RuleView } from './message-functions.ts'
import { compile, compileQuery, NOT_MET, type Scope } from './sql-compile.ts'
import { parseStatement, parseWholeExpression } from './sql-parser.ts'
import { REGISTRY_FUNCTION, tooManyCalls } from './registry-function.ts'
import { sqlError, tokensOf } from './sql-tokens.ts'
import { toText, type SqlValue } from './sql-values.ts'

export { NOT_MET }

export interface RuleQuery {
  /** Undefined: the rule is reached by basic ingest alone. */
  readonly from: string | undefined
  run(scope: Scope): SqlValue | typeof NOT_MET
}

/** A text with `${…}` in it. */
export type Template = (scope: Scope) => string

/** @throws AwsError SqlParseException */
export function ruleQuery(sql: string): RuleQuery {
  if (tokensOf(sql).filter(({ kind, text }) => kind === 'word' && text.toLowerCase() === REGISTRY_FUNCTION).length > 1) throw tooManyCalls()
  const statement = parseStatement(sql)
  return { from: statement.from, run: compileQuery(statement) }
}

/** Only objects and arrays count as JSON payloads; everything else is raw bytes (AWS IoT guide, «Working with binary payloads»). */
export function rowOf(payload: Uint8Array): SqlValue {
  const json = parseJson(payload)
  return isObject(json) || Array.isArray(json) ? json : payload
}

/** @param row of its payload, which many rules may look at */
export const scopeOf = (message: RuleView, row = rowOf(message.payload)): Scope => ({ message, row, isNested: false })

/** Expressions see the payload, not what SELECT made of it; Undefined is an empty text. @throws AwsError SqlParseException */
export function template(text: string): Template {
  const parts: Template[] = []
  let at = 0
  for (let start = text.indexOf('${'); start >= 0; start = text.indexOf('${', at)) {
    const fixed = text.slice(at, start)
    const end = closingBrace(text, start + 2)
    const value = compile(parseWholeExpression(text.slice(start + 2, end)))
    parts.push((scope) => fixed + (toText(value(scope)) ?? ''))
    at = end + 1
  }
  const rest = text.slice(at)
  return parts.length === 0 ? () => text : (scope) => parts.map((part) => part(scope)).join('') + rest
}

/** Braces within the expression and in its quoted texts do not close it. */
function closingBrace(text: string, from: number): number {
  let depth = 1
  let quote: string | undefined
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at)
    if (quote !== undefined) quote = character === quote ? undefined : quote
    else if (character === "'" || character === '"') quote = character
    else if (character === '{') depth++
    else if (character === '}' && --depth === 0) return at
  }
  throw sqlError('A substitution template does not end', from - 2)
}
