// ops/src/release/component-source.ts: a component of this repository, ready to be released: bundled, with its recipe and what its image is made by.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { componentName, COMPONENTS, type ComponentFolder } from '@fleet/contract/names'
import * as z from 'zod'
import { REPOSITORY } from '../target/repository.ts'
import { bundleComponent } from './component-bundle.ts'
import { contentDigest, versionOf, type Part } from './content-digest.ts'

export interface ComponentSource {
  readonly folder: ComponentFolder
  /** `fleetwright.led` */
  readonly name: string
  readonly version: string
  readonly contentDigest: string
  /** Text of recipe.yaml, with its placeholders. */
  readonly recipe: string
  readonly dockerfile: string
  /** What the image has in /app, the native addon first: it is the same in all images, and a layer is shared only where all below it is. */
  readonly files: readonly Part[]
}

const COMPONENTS_FOLDER = join(REPOSITORY, 'components')
const Package = z.object({ version: z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/) })

export const allComponents = (): Promise<ComponentSource[]> => Promise.all(COMPONENTS.map(componentSource))

async function componentSource(folder: ComponentFolder): Promise<ComponentSource> {
  const path = (file: string) => join(COMPONENTS_FOLDER, folder, file)
  const [recipe, dockerfile, manifest, files] = await Promise.all([readFile(path('recipe.yaml'), 'utf8'), readFile(join(COMPONENTS_FOLDER, 'Dockerfile'), 'utf8'), readFile(path('package.json'), 'utf8'), bundled(folder)])
  const { version } = Package.parse(JSON.parse(manifest))
  const parts = [{ name: 'recipe.yaml', bytes: Buffer.from(recipe) }, { name: 'Dockerfile', bytes: Buffer.from(dockerfile) }, ...files.map(({ name, bytes }) => ({ name: `app/${name}`, bytes }))]
  const digest = contentDigest(version, parts)
  return { folder, name: componentName(folder), version: versionOf(version, digest), contentDigest: digest, recipe, dockerfile, files }
}

/** In a folder of its own: two runs at once must not read each other's half-written files. */
async function bundled(folder: ComponentFolder): Promise<Part[]> {
  const outFolder = await mkdtemp(join(tmpdir(), `fleet-${folder}-`))
  try {
    const { entry, addon } = await bundleComponent(join(COMPONENTS_FOLDER, folder), { outFolder })
    return await Promise.all([addon, entry].map(async (file) => ({ name: basename(file), bytes: await readFile(file) })))
  } finally {
    await rm(outFolder, { recursive: true, force: true })
  }
}
