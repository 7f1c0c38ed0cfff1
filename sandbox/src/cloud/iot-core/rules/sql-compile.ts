// sandbox/src/cloud/iot-core/rules/sql-compile.ts: makes functions of expressions, so that a rule is read once and run for each message.
import type { Json } from '../json.ts'
import { MESSAGE_FUNCTIONS, type RuleView } from './message-functions.ts'
import { NUMBER_FUNCTIONS } from './number-functions.ts'
import type { Column, Expression, NestedQuery, Query } from './sql-ast.ts'
import { checkRegistryCall, REGISTRY_FUNCTION } from './registry-function.ts'
import { sqlError } from './sql-tokens.ts'
import { OPERATORS } from './sql-operators.ts'
import { castTo, isArray, isCastType, isJson, isSqlObject, toBoolean, toDecimal, type SqlValue } from './sql-values.ts'
import { TEXT_FUNCTIONS } from './text-functions.ts'

export interface Scope {
  readonly message: RuleView
  /** What names are looked up in and `*` stands for: the payload, in a nested query the row. */
  readonly row: SqlValue
  readonly isNested: boolean
}

export type Evaluate = (scope: Scope) => SqlValue

/** What a query gives when its WHERE does not hold. */
export const NOT_MET = Symbol('WHERE does not hold')

/** @throws AwsError SqlParseException for functions and types that are not offered */
export function compile(expression: Expression): Evaluate {
  switch (expression.kind) {
    case 'literal':
      return () => expression.value
    case 'all':
      return ({ row }) => row
    case 'name':
      return ({ row }) => memberOf(row, expression.name)
    case 'member':
      return compileMember(expression)
    case 'object':
      return compileObject(expression.members)
    case 'array':
      return compileArray(expression.items)
    case 'not':
      return compileNot(compile(expression.operand))
    case 'negative':
      return compileNegative(compile(expression.operand))
    case 'binary':
      return compileBinary(expression)
    case 'call':
      return compileCall(expression)
    case 'cast':
      return compileCast(expression)
    case 'case':
      return compileCase(expression)
    case 'query':
      return compileNested(expression.query)
  }
}

const memberOf = (of: SqlValue, name: string): SqlValue => (isSqlObject(of) && Object.hasOwn(of, name) ? of[name] : undefined)

function compileMember({ of, name }: Extract<Expression, { kind: 'member' }>): Evaluate {
  if (name === '*') throw sqlError("'.*' stands in the list of columns only", 0)
  const from = compile(of)
  return (scope) => memberOf(from(scope), name)
}

/** Undefined members are left out, as JSON does. */
function compileObject(members: readonly (readonly [string, Expression])[]): Evaluate {
  const compiled = members.map(([name, value]) => [name, compile(value)] as const)
  return (scope) => Object.fromEntries(compiled.flatMap(([name, value]) => named(name, value(scope))))
}

function named(name: string, value: SqlValue): [string, Json][] {
  return isJson(value) ? [[name, value]] : []
}

function compileArray(items: readonly Expression[]): Evaluate {
  const compiled = items.map(compile)
  return (scope) => compiled.map((item) => item(scope)).filter(isJson)
}

const compileNot =
  (operand: Evaluate): Evaluate =>
  (scope) => {
    const value = toBoolean(operand(scope))
    return value === undefined ? undefined : !value
  }

const compileNegative =
  (operand: Evaluate): Evaluate =>
  (scope) => {
    const value = toDecimal(operand(scope))
    return value === undefined ? undefined : -value
  }

function compileBinary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): Evaluate {
  const [one, other, apply] = [compile(left), compile(right), OPERATORS[operator]]
  return (scope) => apply(one(scope), other(scope))
}

function compileCall({ name, args }: Extract<Expression, { kind: 'call' }>): Evaluate {
  if (name === REGISTRY_FUNCTION) checkRegistryCall(args)
  const values = args.map((arg) => compile(arg))
  const ofMessage = own(MESSAGE_FUNCTIONS, name)
  if (ofMessage) return (scope) => ofMessage(scope.message, ...values.map((value) => value(scope)))
  const plain = own(TEXT_FUNCTIONS, name) ?? own(NUMBER_FUNCTIONS, name)
  if (!plain) throw sqlError(`The function ${name}() is unknown, or not offered by this sandbox`, 0)
  const isWholePayload = name === 'encode' && args[0]?.kind === 'all'
  if (isWholePayload) return (scope) => plain(scope.isNested ? scope.row : scope.message.payload, ...values.slice(1).map((value) => value(scope)))
  return (scope) => plain(...values.map((value) => value(scope)))
}

const own = <T>(functions: Readonly<Record<string, T>>, name: string): T | undefined => (Object.hasOwn(functions, name) ? functions[name] : undefined)

function compileCast({ operand, type }: Extract<Expression, { kind: 'cast' }>): Evaluate {
  if (!isCastType(type)) throw sqlError(`There is no type ${type} to cast to`, 0)
  const value = compile(operand)
  return (scope) => castTo(type, value(scope))
}

function compileCase({ subject, branches, otherwise }: Extract<Expression, { kind: 'case' }>): Evaluate {
  const value = compile(subject)
  const compiled = branches.map(({ when, then }) => ({ when: compile(when), then: compile(then) }))
  const last = otherwise && compile(otherwise)
  return (scope) => {
    const wanted = value(scope)
    if (wanted === undefined) return undefined
    const branch = compiled.find(({ when }) => OPERATORS['='](wanted, when(scope)) === true)
    return branch ? branch.then(scope) : last?.(scope)
  }
}

/** Gives an array: one entry for each row that WHERE lets through. */
function compileNested(query: NestedQuery): Evaluate {
  const from = compile(query.from)
  const select = compileQuery(query)
  return (scope) => {
    const rows = from(scope)
    if (rows === undefined) return undefined
    return (isArray(rows) ? rows : [rows]).map((row) => select({ message: scope.message, row, isNested: true })).filter((value): value is Json => value !== NOT_MET && isJson(value))
  }
}

export function compileQuery({ value, columns, where }: Query): (scope: Scope) => SqlValue | typeof NOT_MET {
  const condition = where && compile(where)
  const select = value ? compile(value) : compileColumns(columns)
  return (scope) => (condition && toBoolean(condition(scope)) !== true ? NOT_MET : select(scope))
}

/** `*` alone is the payload itself, JSON or not; with others, members are put together and later ones win. */
function compileColumns(columns: readonly Column[]): Evaluate {
  const [only] = columns
  if (columns.length === 1 && only?.kind === 'spread') return compile(only.of)
  const writers = columns.map(compileColumn)
  return (scope) => {
    const written = new Map<string, Json>()
    for (const write of writers) write(scope, written)
    return Object.fromEntries(written)
  }
}

function compileColumn(column: Column): (scope: Scope, written: Map<string, Json>) => void {
  if (column.kind === 'spread') {
    const of = compile(column.of)
    return (scope, written) => {
      const members = of(scope)
      for (const [name, value] of Object.entries(isSqlObject(members) ? members : {})) if (value !== undefined) written.set(name, value)
    }
  }
  const value = compile(column.value)
  return (scope, written) => {
    const result = value(scope)
    if (isJson(result)) writeAt(written, column.path, result)
  }
}

function writeAt(written: Map<string, Json>, [name = '', ...rest]: readonly string[], value: Json): void {
  if (rest.length === 0) return void written.set(name, value)
  const there = written.get(name) ?? null
  const inner = new Map(Object.entries(isSqlObject(there) ? there : {}).filter((entry): entry is [string, Json] => entry[1] !== undefined))
  writeAt(inner, rest, value)
  written.set(name, Object.fromEntries(inner))
}
