// sandbox/src/cloud/iam/policy-condition.ts: the condition operators of policies, as the IAM guide's «Condition operators» and «Multivalued context keys» tell them.
import { isIP } from 'node:net'
import { addressRange } from './address-range.ts'
import { type ConditionEntry, PolicyMalformed } from './policy-document.ts'
import { compilePattern, type Context, type Pattern } from './policy-pattern.ts'

export type Condition = (context: Context) => boolean

/** @throws PolicyMalformed for an operator that IAM does not know */
export function compileCondition({ operator, key, values }: ConditionEntry, hasVariables: boolean): Condition {
  const { base, quantifier, ifExists } = operatorOf(operator)
  if (base === 'null') return nullCondition(key, values)
  const found = COMPARISONS.get(base)
  if (!found) throw new PolicyMalformed(`Syntax errors in policy: unknown condition operator ${operator}`)
  const compared = values.map((value) => found.compile(value, hasVariables))
  const anyOf = (value: string, context: Context) => compared.some((matches) => matches(value, context))
  const holds = (value: string, context: Context) => anyOf(value, context) !== found.negated
  return (context) => {
    const given = valuesOf(context(key))
    if (given.length === 0) return ifExists || (quantifier === 'all' ? true : quantifier === 'any' ? false : found.negated)
    if (quantifier === 'all') return given.every((value) => holds(value, context))
    if (quantifier === 'any') return given.some((value) => holds(value, context))
    return given.some((value) => anyOf(value, context)) !== found.negated
  }
}

interface Operator {
  readonly base: string
  readonly quantifier: 'all' | 'any' | undefined
  readonly ifExists: boolean
}

function operatorOf(operator: string): Operator {
  const [, set, base = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/i.exec(operator) ?? []
  const quantifier = set === undefined ? undefined : set.toLowerCase() === 'forallvalues' ? 'all' : 'any'
  return { base: base.toLowerCase(), quantifier, ifExists: ifExists !== undefined }
}

/** `"true"`: the key must be absent; `"false"`: it must be there. */
const nullCondition =
  (key: string, values: readonly string[]): Condition =>
  (context) =>
    values.includes(valuesOf(context(key)).length === 0 ? 'true' : 'false')

const valuesOf = (value: string | readonly string[] | undefined): readonly string[] => (value === undefined ? [] : typeof value === 'string' ? [value] : value)

type Matches = (value: string, context: Context) => boolean
interface Comparison {
  readonly negated: boolean
  readonly compile: (policyValue: string, hasVariables: boolean) => Matches
}

const EQUAL = (wildcards: boolean) => (policyValue: string, variables: boolean): Matches => {
  const pattern = compilePattern(policyValue, { wildcards, variables })
  return (value, context) => pattern.matches(value, context)
}

/** Lower-cases the literal text, not the names of variables; then what the request brings. */
const EQUAL_IGNORING_CASE = (policyValue: string, variables: boolean): Matches => {
  const pattern = compilePattern(policyValue.replace(/\$\{[^}]*\}|[^$]+|\$/g, (piece) => (piece.startsWith('${') ? piece : piece.toLowerCase())), { wildcards: false, variables })
  return (value, context) => pattern.matches(value.toLowerCase(), (key) => lowerCased(context(key)))
}
const lowerCased = (value: ReturnType<Context>) => (typeof value === 'string' ? value.toLowerCase() : value)

/** ArnEquals and ArnLike are the same: each of the six parts is compared by itself, the last may hold colons. */
const ARN_LIKE = (policyValue: string, variables: boolean): Matches => {
  const patterns: Pattern[] = arnParts(policyValue).map((part) => compilePattern(part, { wildcards: true, variables }))
  return (value, context) => {
    const parts = arnParts(value)
    return parts.length === patterns.length && patterns.every((pattern, i) => pattern.matches(parts[i] ?? '', context))
  }
}

/** Splits at the first five colons, but not at those inside `${iot:…}`. */
function arnParts(arn: string): string[] {
  const pieces = arn.match(/(?:\$\{[^}]*\}|[^:])*(?::|$)/g)?.slice(0, 5).map((piece) => piece.replace(/:$/, '')) ?? []
  const head = pieces.join(':').length + 1
  return pieces.length === 5 && arn.length >= head ? [...pieces, arn.slice(head)] : [arn]
}

const NUMBER = (holds: (actual: number, wanted: number) => boolean) => (policyValue: string): Matches => {
  const wanted = Number(policyValue)
  return (value) => value.trim() !== '' && holds(Number(value), wanted) // a comparison with NaN is false
}

const DATE = (holds: (actual: number, wanted: number) => boolean) => (policyValue: string): Matches => {
  const wanted = millisecondsOf(policyValue)
  return (value) => holds(millisecondsOf(value), wanted)
}

/** ISO 8601, or seconds since 1970. */
const millisecondsOf = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text))

const BOOLEAN = (policyValue: string): Matches => (value) => value.toLowerCase() === policyValue.toLowerCase()

const ADDRESS = (policyValue: string): Matches => {
  const includes = addressRange(policyValue)
  return (value) => isIP(value) > 0 && includes(value)
}

const is = (compile: Comparison['compile']): Comparison => ({ negated: false, compile })
const isNot = (compile: Comparison['compile']): Comparison => ({ negated: true, compile })

const COMPARISONS = new Map<string, Comparison>(Object.entries({
  stringequals: is(EQUAL(false)),
  stringnotequals: isNot(EQUAL(false)),
  stringequalsignorecase: is(EQUAL_IGNORING_CASE),
  stringnotequalsignorecase: isNot(EQUAL_IGNORING_CASE),
  stringlike: is(EQUAL(true)),
  stringnotlike: isNot(EQUAL(true)),
  arnequals: is(ARN_LIKE),
  arnlike: is(ARN_LIKE),
  arnnotequals: isNot(ARN_LIKE),
  arnnotlike: isNot(ARN_LIKE),
  numericequals: is(NUMBER((actual, wanted) => actual === wanted)),
  numericnotequals: isNot(NUMBER((actual, wanted) => actual === wanted)),
  numericlessthan: is(NUMBER((actual, wanted) => actual < wanted)),
  numericlessthanequals: is(NUMBER((actual, wanted) => actual <= wanted)),
  numericgreaterthan: is(NUMBER((actual, wanted) => actual > wanted)),
  numericgreaterthanequals: is(NUMBER((actual, wanted) => actual >= wanted)),
  dateequals: is(DATE((actual, wanted) => actual === wanted)),
  datenotequals: isNot(DATE((actual, wanted) => actual === wanted)),
  datelessthan: is(DATE((actual, wanted) => actual < wanted)),
  datelessthanequals: is(DATE((actual, wanted) => actual <= wanted)),
  dategreaterthan: is(DATE((actual, wanted) => actual > wanted)),
  dategreaterthanequals: is(DATE((actual, wanted) => actual >= wanted)),
  bool: is(BOOLEAN),
  binaryequals: is(EQUAL(false)),
  ipaddress: is(ADDRESS),
  notipaddress: isNot(ADDRESS),
}))
