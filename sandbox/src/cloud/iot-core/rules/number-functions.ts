// sandbox/src/cloud/iot-core/rules/number-functions.ts: functions of rule SQL on numbers (AWS IoT guide, «Functions»).
import type { SqlFunction } from './text-functions.ts'
import { toDecimal, type SqlValue } from './sql-values.ts'

/** What is imaginary or not finite is Undefined. */
const ofNumbers =
  (count: number, apply: (...numbers: readonly number[]) => number): SqlFunction =>
  (...args) => {
    const numbers = args.map(toDecimal).filter((number) => number !== undefined)
    const result = args.length === count && numbers.length === count ? apply(...numbers) : NaN
    return Number.isFinite(result) ? result : undefined
  }

const one = (apply: (number: number) => number) => ofNumbers(1, (number = NaN) => apply(number))
const two = (apply: (left: number, right: number) => number) => ofNumbers(2, (left = NaN, right = NaN) => apply(left, right))

/** Of whole numbers; others are rounded down. Bits beyond 32 count, too. */
const bits = (apply: (left: bigint, right: bigint) => bigint) => two((left, right) => Number(apply(BigInt(Math.floor(left)), BigInt(Math.floor(right)))))

const MOST_PLACES = 34

export const NUMBER_FUNCTIONS: Readonly<Record<string, SqlFunction>> = {
  abs: one(Math.abs),
  ceil: one(Math.ceil),
  floor: one(Math.floor),
  round: one((number) => Math.sign(number) * Math.round(Math.abs(number))),
  sign: one(Math.sign),
  sqrt: one(Math.sqrt),
  exp: one(Math.exp),
  ln: one(Math.log),
  log: one(Math.log10),
  sin: one(Math.sin),
  sinh: one(Math.sinh),
  asin: one(Math.asin),
  cos: one(Math.cos),
  cosh: one(Math.cosh),
  acos: one(Math.acos),
  tan: one(Math.tan),
  tanh: one(Math.tanh),
  atan: one(Math.atan),
  atan2: two(Math.atan2),
  power: two(Math.pow),
  mod: two((left, right) => left % right),
  remainder: two((left, right) => left % right),
  bitand: bits((left, right) => left & right),
  bitor: bits((left, right) => left | right),
  bitxor: bits((left, right) => left ^ right),
  bitnot: one((number) => Number(~BigInt(Math.floor(number)))),
  trunc: two((number, places) => {
    const factor = 10 ** Math.min(MOST_PLACES, Math.max(0, Math.floor(places)))
    return Math.trunc(number * factor) / factor
  }),
  nanvl: (value: SqlValue, instead: SqlValue) => (value === undefined || value === null ? instead : value),
}
