// ops/src/release/publish-release.ts: publishes what changed: images, then the manifest that names them, and last that it is the current one.
import { ECRClient } from '@aws-sdk/client-ecr'
import { S3Client } from '@aws-sdk/client-s3'
import type { ReleasedComponent, ReleaseManifest } from '@fleet/contract/release'
import { assertAccount } from '../aws/account-check.ts'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named, s3Config } from '../aws/client-config.ts'
import { objectStore, type ObjectStore } from '../aws/objects.ts'
import type { Target } from '../target/target.ts'
import { allComponents, type ComponentSource } from './component-source.ts'
import { CONTENT_ANNOTATION, type ImageBuilder, type ImageRegistry } from './image-builder.ts'
import { publishedImage, registries } from './image-registry.ts'
import { currentRelease, makeCurrent } from './manifest-store.ts'
import { isUnchanged, planRelease, releaseId, versionTaken, type ReleaseStep } from './plan-release.ts'
import { filledRecipe } from './recipe.ts'

export interface ReleasePlan {
  readonly steps: readonly ReleaseStep[]
  /** Id of the current release. */
  readonly current: string | undefined
}

export interface PublishOptions {
  /** Made when something is to be built. */
  readonly builder: () => Promise<ImageBuilder>
  readonly now?: () => Date
  readonly report?: (step: string) => void
  /** Default: all of this repository, bundled now. */
  readonly sources?: () => Promise<readonly ComponentSource[]>
}

export interface Published extends ReleasePlan {
  readonly release: string
}

/** Costs one GetObject. @throws FleetError */
export const planOfRelease = (target: Target, { sources = allComponents }: Pick<PublishOptions, 'sources'> = {}): Promise<ReleasePlan> =>
  explaining(target, async () => {
    const [components, current] = await Promise.all([sources(), currentRelease(storeOf(target))])
    return { steps: planRelease(components, current?.manifest), current: current?.manifest.id }
  })

/** Unchanged content publishes nothing. A run that was killed is finished by the next, which uses the images that are there. @throws FleetError */
export const publishRelease = (target: Target, { builder, now = () => new Date(), report = () => {}, sources = allComponents }: PublishOptions): Promise<Published> =>
  explaining(target, async () => {
    const store = storeOf(target)
    report('bundling components')
    const [components, current] = await Promise.all([sources(), currentRelease(store)])
    const steps = planRelease(components, current?.manifest)
    if (current && isUnchanged(steps)) return { steps, current: current.manifest.id, release: current.manifest.id }
    await assertAccount(target)
    const changed = components.filter(({ name }) => steps.some((step) => step.name === name && step.action !== 'keep'))
    const images = await publishImages(changed, { target, builder, report })
    const released = components.map((source) => releasedAs(source, images) ?? kept(source, current?.manifest))
    const manifest: ReleaseManifest = { formatVersion: 1, id: releaseId(released), publishedAt: now().toISOString(), components: released }
    await makeCurrent(manifest, current, store)
    return { steps, current: current?.manifest.id, release: manifest.id }
  })

const storeOf = (target: Target): ObjectStore => objectStore(named(new S3Client(s3Config(target))), target.names.provisioningBucket)

/** Image by component name: `<registry>/<repository>@sha256:…`. */
async function publishImages(sources: readonly ComponentSource[], { target, builder, report }: { readonly target: Target } & Required<Pick<PublishOptions, 'builder' | 'report'>>): Promise<ReadonlyMap<string, string>> {
  const images = new Map<string, string>()
  if (sources.length === 0) return images
  let made: Promise<ImageBuilder> | undefined
  const once = () => (made ??= builder())
  const ecr = named(new ECRClient(clientConfig(target)))
  const repositoryOf = ({ folder }: ComponentSource) => target.names.imageRepository(folder)
  const places = await registries(ecr, sources.map(repositoryOf))
  for (const source of sources) {
    const registry = places.get(repositoryOf(source))
    if (!registry) throw new Error(`ECR answered without ${repositoryOf(source)}`)
    report(`${source.name} ${source.version}`)
    images.set(source.name, `${registry.uri}@${await imageOf(source, { registry, ecr, builder: once })}`)
  }
  return images
}

/** A former run may have pushed it. @throws FleetError RELEASE_VERSION_TAKEN */
async function imageOf(source: ComponentSource, { registry, ecr, builder }: { readonly registry: ImageRegistry; readonly ecr: ECRClient; readonly builder: PublishOptions['builder'] }): Promise<string> {
  const there = await publishedImage(ecr, registry.repository, source.version)
  if (there?.contentDigest === source.contentDigest) return there.digest
  if (there) throw versionTaken(source.name, source.version)
  const { publish } = await builder()
  return publish({ source, registry, annotations: { [CONTENT_ANNOTATION]: source.contentDigest, 'org.opencontainers.image.version': source.version } })
}

function releasedAs({ name, version, contentDigest, recipe }: ComponentSource, images: ReadonlyMap<string, string>): ReleasedComponent | undefined {
  const image = images.get(name)
  return image === undefined ? undefined : { name, version, contentDigest, image, recipe: filledRecipe(recipe, { name, version, image }) }
}

/** As the current release has it, to the last byte: the stack makes no difference of it. */
function kept({ name }: ComponentSource, current: ReleaseManifest | undefined): ReleasedComponent {
  const component = current?.components.find((released) => released.name === name)
  if (component) return component
  throw new Error(`${name} is neither published nor released`) // planRelease gives each source one of both
}
