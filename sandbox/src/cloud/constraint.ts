// sandbox/src/cloud/constraint.ts: checks an input's members and says what is wrong as AWS's front ends do.

export interface Constraint {
  holds(value: unknown): boolean
  readonly says: string
}

export const atLeast = (least: number): Constraint => ({
  holds: (value) => typeof value === 'number' && value >= least,
  says: `Member must have value greater than or equal to ${least}`,
})

export const atMost = (most: number): Constraint => ({
  holds: (value) => typeof value === 'number' && value <= most,
  says: `Member must have value less than or equal to ${most}`,
})

export const notLongerThan = (most: number): Constraint => ({
  holds: (value) => lengthOf(value) <= most,
  says: `Member must have length less than or equal to ${most}`,
})

export const notShorterThan = (least: number): Constraint => ({
  holds: (value) => lengthOf(value) >= least,
  says: `Member must have length greater than or equal to ${least}`,
})

/** The pattern must be anchored by the caller: AWS matches the whole value. */
export const matching = (pattern: RegExp): Constraint => ({
  holds: (value) => typeof value === 'string' && pattern.test(value),
  says: `Member must satisfy regular expression pattern: ${pattern.source.replace(/^\^(.*)\$$/, '$1')}`,
})

export const oneOf = (...values: readonly string[]): Constraint => ({
  holds: (value) => typeof value === 'string' && values.includes(value),
  says: `Member must satisfy enum value set: [${values.join(', ')}]`,
})

/** Member, its value, what must hold. A value that is not given violates nothing. */
export type Check = readonly [member: string, value: unknown, ...constraints: readonly Constraint[]]

/** `2 validation errors detected: Value '1' at 'memorySize' failed to satisfy constraint: …; Value …`, or undefined. */
export function violations(...checks: readonly Check[]): string | undefined {
  const found = checks.flatMap(([member, value, ...constraints]) =>
    value === undefined || value === null ? [] : constraints.filter((constraint) => !constraint.holds(value)).map(({ says }) => ({ member, value, says })),
  )
  if (found.length === 0) return undefined
  const each = found.map(({ member, value, says }) => `Value '${spelled(value)}' at '${member}' failed to satisfy constraint: ${says}`)
  return `${found.length} validation error${found.length > 1 ? 's' : ''} detected: ${each.join('; ')}`
}

const lengthOf = (value: unknown): number =>
  typeof value === 'string' || Array.isArray(value) ? value.length : typeof value === 'object' && value !== null ? Object.keys(value).length : 0

const spelled = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
