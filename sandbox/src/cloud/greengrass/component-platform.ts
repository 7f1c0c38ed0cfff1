// sandbox/src/cloud/greengrass/component-platform.ts: whether a recipe has a manifest for a device's platform.
import type { Manifest } from './component-recipe.ts'

export type Platform = Readonly<Record<string, string>>

/** The first that fits, as the nucleus picks it (developer guide, «Component recipe reference», Platform). */
export const manifestFor = (device: Platform, manifests: readonly Manifest[]): Manifest | undefined =>
  manifests.find(({ Platform: wanted = {} }) => Object.entries(wanted).every(([name, template]) => fits(name, device[name], template)))

/** `*` takes anything, also nothing; `/…/` is a regular expression over the whole value; anything else is compared. */
function fits(name: string, value: string | undefined, template: string): boolean {
  if (template === '*') return true
  if (!value) return false
  if (/^\/.*\/$/s.test(template)) return new RegExp(`^(?:${template.slice(1, -1)})$`).test(value)
  if ((name === 'os' || name === 'architecture') && (template === 'all' || template === 'any')) return true
  return template === value
}
