// sandbox/src/site/nucleus/lifecycle/step.ts: one step of a component's lifecycle, as its configuration says: run this script, skip it, or none.
import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { isJsonObject, member, numberOf, textOf, type JsonObject } from '../json.ts'
import type { Step } from './status-code.ts'

export type StepPlan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'script'; readonly script: string; readonly name: string; readonly setenv: Readonly<Record<string, string>> }

/**
 * @param service the component's branch of the configuration
 * @param path the nucleus's, for `SkipIf: onpath`
 */
export function planStep(service: JsonObject, component: string, step: Step, path: string): StepPlan {
  const lifecycle = lifecycleOf(service)
  const wanted = member(lifecycle, step)
  if (wanted === undefined || wanted === null) return { kind: 'nothing' }
  const name = `services.${component}.lifecycle.${step}`
  const above = { ...setenvOf(service), ...setenvOf(lifecycle) }
  if (!isJsonObject(wanted)) return script(textOf(wanted), name, above)
  const skip = skips(textOf(member(wanted, 'skipif')), path)
  if (skip instanceof Error) return { kind: 'invalid', why: skip.message }
  if (skip) return { kind: 'nothing' }
  const text = member(wanted, 'script')
  if (text === undefined || isJsonObject(text)) return { kind: 'invalid', why: 'Missing script' }
  return script(textOf(text), `${name}.script`, { ...above, ...setenvOf(wanted) })
}

/** In milliseconds; undefined when the recipe says nothing. */
export function stepTimeoutMs(service: JsonObject, step: Step): number | undefined {
  const wanted = member(lifecycleOf(service), step)
  const timeout = isJsonObject(wanted) ? member(wanted, 'timeout') : undefined
  return timeout === undefined ? undefined : numberOf(timeout, 0) * 1000
}

/** `errorResetTime`: errors farther apart than this are not in a row. */
export const errorResetMs = (service: JsonObject): number => numberOf(member(lifecycleOf(service), 'errorResetTime'), 3600) * 1000

export function lifecycleOf(service: JsonObject): JsonObject {
  const lifecycle = service.lifecycle
  return isJsonObject(lifecycle) ? lifecycle : {}
}

const script = (text: string, name: string, setenv: Readonly<Record<string, string>>): StepPlan => (text === '' ? { kind: 'nothing' } : { kind: 'script', script: text, name, setenv })

function setenvOf(object: JsonObject): Record<string, string> {
  const setenv = member(object, 'setenv')
  if (!isJsonObject(setenv)) return {}
  return Object.fromEntries(Object.entries(setenv).flatMap(([name, value]) => (isJsonObject(value) ? [] : [[name, textOf(value)]])))
}

/** `onpath <executable>`, `exists <file>`, either after `!`. */
function skips(expression: string, path: string): boolean | Error {
  if (expression.trim() === '') return false
  const [, not, operator, operand = ''] = /^(!?)\s*(exists|onpath) +(.+)$/.exec(expression.trim()) ?? []
  if (operator === undefined) return new Error('Invalid format for skipif')
  const holds = operator === 'exists' ? existsSync(operand.replace(/^~\//, `${homedir()}/`)) : isOnPath(operand, path)
  return holds !== (not === '!')
}

export function isOnPath(executable: string, path: string): boolean {
  const candidates = executable.includes('/') ? [executable] : path.split(delimiter).map((folder) => join(folder, executable))
  return candidates.some((candidate) => {
    try {
      accessSync(candidate, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
