// sandbox/src/cloud/iot-core/rules/sql-operators.ts: what the operators of rule SQL give (AWS IoT guide, «Operators»); what has no result is Undefined.
import { isSame } from '../json.ts'
import type { Operator } from './sql-ast.ts'
import { isJson, toBoolean, toDecimal, toText, type SqlValue } from './sql-values.ts'

type Apply = (left: SqlValue, right: SqlValue) => SqlValue

/** Undefined as soon as one operand is no boolean, whatever the other is. */
const logic =
  (combine: (left: boolean, right: boolean) => boolean): Apply =>
  (one, other) => {
    const [left, right] = [toBoolean(one), toBoolean(other)]
    return left === undefined || right === undefined ? undefined : combine(left, right)
  }

const comparison =
  (compare: (left: number, right: number) => boolean): Apply =>
  (one, other) => {
    const [left, right] = [toDecimal(one), toDecimal(other)]
    return left === undefined || right === undefined ? undefined : compare(left, right)
  }

const arithmetic =
  (calculate: (left: number, right: number) => number): Apply =>
  (one, other) => {
    const [left, right] = [toDecimal(one), toDecimal(other)]
    return left === undefined || right === undefined ? undefined : finite(calculate(left, right))
  }

/** Division by zero and overflow have no result. */
const finite = (number: number): number | undefined => (Number.isFinite(number) ? number : undefined)

const equality =
  (wanted: boolean): Apply =>
  (left, right) =>
    isJson(left) && isJson(right) ? isSame(left, right) === wanted : undefined

const plus: Apply = (left, right) => {
  if (typeof left === 'number' && typeof right === 'number') return finite(left + right)
  if (typeof left !== 'string' && typeof right !== 'string') return undefined
  const [before, after] = [toText(left), toText(right)]
  return before === undefined || after === undefined ? undefined : before + after
}

/** Of two Ints an Int. */
const divide: Apply = (left, right) => {
  const quotient = arithmetic((one, other) => one / other)(left, right)
  return typeof quotient === 'number' && Number.isInteger(left) && Number.isInteger(right) ? Math.trunc(quotient) : quotient
}

export const OPERATORS: Readonly<Record<Operator, Apply>> = {
  AND: logic((left, right) => left && right),
  OR: logic((left, right) => left || right),
  '=': equality(true),
  '<>': equality(false),
  '<': comparison((left, right) => left < right),
  '<=': comparison((left, right) => left <= right),
  '>': comparison((left, right) => left > right),
  '>=': comparison((left, right) => left >= right),
  '+': plus,
  '-': arithmetic((left, right) => left - right),
  '*': arithmetic((left, right) => left * right),
  '/': divide,
  '%': arithmetic((left, right) => left % right),
}
