// ops/src/stack/auto-name.ts: a physical name for a resource that the program leaves without one, as the aws-native provider gives it.
import { randomBytes } from 'node:crypto'
import type { Properties } from './properties.ts'
import { resourceType } from './resource-types.ts'

/** Logical name and seven random hexadecimal digits, so that a replacement can stand beside what it replaces. A recorded name is kept. */
export function autoNamed(type: string, name: string, inputs: Properties, recorded?: Properties): Properties {
  const property = resourceType(type)?.autoNamed
  if (property === undefined || property in inputs) return inputs
  return { ...inputs, [property]: recorded?.[property] ?? `${name}-${randomBytes(4).toString('hex').slice(0, 7)}` }
}
