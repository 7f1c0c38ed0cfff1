// sandbox/src/site/nucleus/components/platform.ts: which of a recipe's manifests is for this device, and which part of its lifecycle.
import { isJsonObject, textOf, type JsonObject, type JsonValue } from '../json.ts'

/** `os`, `architecture` and what the configuration adds. */
export type Platform = Readonly<Record<string, string>>

/** Whether the device's platform meets what a manifest asks; it may ask nothing. */
export const meets = (platform: Platform, asked: JsonObject): boolean => Object.entries(asked).every(([name, template]) => isMet(name, platform[name], template))

function isMet(name: string, label: string | undefined, template: JsonValue): boolean {
  const text = textOf(template)
  if (template === null || text === '*') return true
  if (label === undefined || label === '') return false
  if (text.length >= 2 && text.startsWith('/') && text.endsWith('/')) return new RegExp(`^(?:${text.slice(1, -1)})$`).test(label)
  if ((name === 'os' || name === 'architecture') && (text === 'all' || text === 'any')) return true
  return /^[-A-Za-z0-9_$]/.test(text) && text === label
}

/**
 * The lifecycle that is left when, at every level that has keys named after selections, the first of `selections` is taken, or `all`.
 * undefined when a level has such keys but none for this device.
 */
export function selected(source: JsonObject, keywords: ReadonlySet<string>, selections: readonly string[]): JsonValue | undefined {
  if (!Object.keys(source).some((name) => keywords.has(name))) {
    const members = Object.entries(source).map(([name, value]) => [name, isJsonObject(value) ? selected(value, keywords, selections) : value] as const)
    return Object.fromEntries(members.flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, value]])))
  }
  const chosen = [...selections, 'all'].map((name) => source[name]).find((value) => value !== undefined && value !== null)
  return isJsonObject(chosen) ? selected(chosen, keywords, selections) : chosen
}
