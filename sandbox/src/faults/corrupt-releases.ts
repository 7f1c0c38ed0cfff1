// sandbox/src/faults/corrupt-releases.ts: makes releases of this repository's components in which one is wrong on purpose.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { allComponents, type ComponentSource } from '@fleet/ops/release/component-source'
import { contentDigest, versionOf } from '@fleet/ops/release/content-digest'
import { imageSettings } from '@fleet/ops/release/dockerfile'
import type { ImageBuilder } from '@fleet/ops/release/image-builder'
import { ociImage } from '@fleet/ops/release/oci-image'
import { pushImage } from '@fleet/ops/release/oci-push'
import { plainOciBuilder } from '@fleet/ops/release/plain-oci'

export const CORRUPT = 'fleetwright.cert-rotator'

export type Fault = 'wrong-architecture' | 'crashes-at-start' | 'never-healthy'

export interface CorruptRelease {
  readonly sources: () => Promise<ComponentSource[]>
  readonly builder: () => Promise<ImageBuilder>
}

/** @param mark makes it another release than the one before: the same content is published once */
export const corruptRelease = (fault: Fault, mark = ''): CorruptRelease => ({
  sources: async () => (await allComponents()).map((source) => (source.name === CORRUPT ? corrupted(source, fault, mark) : source)),
  builder: async () => (fault === 'wrong-architecture' ? foreignBuilder : plainOciBuilder),
})

/** The next good release: what is in this repository, with a word more in the one that was wrong. */
export const nextGoodRelease = async (): Promise<ComponentSource[]> => (await allComponents()).map((source) => (source.name === CORRUPT ? changed(source, { append: '\n// the next release\n' }) : source))

function corrupted(source: ComponentSource, fault: Fault, mark: string): ComponentSource {
  if (fault === 'wrong-architecture') return changed(source, { append: `\n// for another machine ${mark}\n` })
  const program = readFileSync(join(import.meta.dirname, `${fault}.cjs`), 'utf8')
  return changed(source, { program, append: mark === '' ? '' : `// ${mark}\n`, recipe: fault === 'never-healthy' ? impatient(source.recipe) : source.recipe })
}

/** Three tries of a minute each are longer than a test can wait. */
const impatient = (recipe: string) => recipe.replace('Timeout: 60', 'Timeout: 3')

interface Change {
  readonly append?: string
  readonly program?: string
  readonly recipe?: string
}

function changed(source: ComponentSource, { append = '', program, recipe = source.recipe }: Change): ComponentSource {
  const files = source.files.map((file) => (file.name === 'main.cjs' ? { ...file, bytes: Buffer.concat([program === undefined ? file.bytes : Buffer.from(program), Buffer.from(append)]) } : file))
  const parts = [{ name: 'recipe.yaml', bytes: Buffer.from(recipe) }, { name: 'Dockerfile', bytes: Buffer.from(source.dockerfile) }, ...files.map(({ name, bytes }) => ({ name: `app/${name}`, bytes }))]
  const packageVersion = `${source.version.split('.').slice(0, 2).join('.')}.0`
  const digest = contentDigest(packageVersion, parts)
  return { ...source, files, recipe, contentDigest: digest, version: versionOf(packageVersion, digest) }
}

/** As `docker build` without --platform makes them on another machine. */
const foreignBuilder: ImageBuilder = {
  name: 'plain-oci',
  async publish({ source, registry, annotations }) {
    const image = await ociImage({ files: source.files, settings: imageSettings(source.dockerfile), annotations, architecture: 'amd64' })
    const authorization = `Basic ${Buffer.from(`${registry.user}:${registry.password}`).toString('base64')}`
    await pushImage(image, source.version, { origin: registry.origin, repository: registry.repository, authorization })
    return image.digest
  },
}
