// ops/src/release/content-digest.ts: what a component is made of, as one digest, and the version that follows from it.
import { createHash } from 'node:crypto'

/** A named part of a component: a file of its image, its recipe, the Dockerfile. */
export interface Part {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Of the parts in the order of their names, and of the package's major and minor version: a raised one is a new release of the same content. */
export function contentDigest(packageVersion: string, parts: readonly Part[]): string {
  const lines = [...parts].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, bytes }) => `${sha256(bytes)} ${name}`)
  return sha256([`version ${line(packageVersion)}`, ...lines].join('\n'))
}

const MOST_PATCHES = 1_000_000n // Greengrass takes six digits

/**
 * Major and minor are the package's; the patch is made of the content, so that the same content has the same version on every stage and
 * machine, whatever was published before. One pair of contents in a million has the same one: publishing the second is refused.
 */
export const versionOf = (packageVersion: string, digest: string): string => `${line(packageVersion)}.${BigInt(`0x${digest.replace('sha256:', '')}`) % MOST_PATCHES}`

const line = (version: string) => version.split('.').slice(0, 2).join('.')

export const sha256 = (content: string | Uint8Array): string => `sha256:${createHash('sha256').update(content).digest('hex')}`
