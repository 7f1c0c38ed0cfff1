// ops/src/image/versions.ts: os-image/versions.json: what an image is made from: each thing by its address and its SHA-256.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import * as z from 'zod'
import { REPOSITORY } from '../target/repository.ts'

const Source = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  /** null: nobody has looked yet what is behind the address; nothing is built from it. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/).nullable(),
  /** Who says that this is its digest; null as long as nobody does. For whoever reads the file: a build compares what it downloads with the digest. */
  digestFrom: z.string().min(1).nullable(),
})
export type Source = z.infer<typeof Source>

export const Versions = z.strictObject({ raspberryPiOs: Source, nucleus: Source, claimPlugin: Source })
export type Versions = z.infer<typeof Versions>
export type SourceName = keyof Versions
export interface Pinned {
  readonly url: string
  readonly sha256: string
}

/** What each kind of image is made from, beside Debian's packages, whose signatures apt checks. */
export const SOURCES = { pi: ['raspberryPiOs', 'nucleus', 'claimPlugin'], generic: ['nucleus', 'claimPlugin'] } as const satisfies Record<string, readonly SourceName[]>
export type Flavour = keyof typeof SOURCES

export const VERSIONS_FILE = join(REPOSITORY, 'os-image/versions.json')

/** @throws FleetError IMAGE_SOURCE_INVALID */
export function readVersions(file = VERSIONS_FILE): Versions {
  try {
    return Versions.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new FleetError('IMAGE_SOURCE_INVALID', `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, 'Correct it; each entry has url, sha256 and digestFrom (both null until fleet image pin has filled them).', { cause })
  }
}

/** @throws FleetError IMAGE_UNPINNED that names everything that is not pinned */
export function pinnedSources(versions: Versions, flavour: Flavour): Readonly<Partial<Record<SourceName, Pinned>>> {
  const pinned: Partial<Record<SourceName, Pinned>> = {}
  const open: SourceName[] = []
  for (const name of SOURCES[flavour]) {
    const { url, sha256 } = versions[name]
    if (sha256 === null) open.push(name)
    else pinned[name] = { url, sha256 }
  }
  if (open.length > 0) throw new FleetError('IMAGE_UNPINNED', `os-image/versions.json has no SHA-256 of ${open.join(', ')}: an image is built from nothing that is not pinned`, 'Run `fleet image pin`, look at the change, and commit it.')
  return pinned
}
