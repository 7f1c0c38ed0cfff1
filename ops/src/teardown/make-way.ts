// ops/src/teardown/make-way.ts: takes out of the way what AWS refuses to destroy: policies that certificates hold, buckets with objects, repositories with images.
import { BatchDeleteImageCommand, ECRClient, ListImagesCommand, RepositoryNotFoundException } from '@aws-sdk/client-ecr'
import { DetachPolicyCommand, IoTClient, paginateListTargetsForPolicy, ResourceNotFoundException } from '@aws-sdk/client-iot'
import { DeleteObjectsCommand, ListObjectVersionsCommand, NoSuchBucket, S3Client, type ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3'
import { FleetError } from '@fleet/contract/errors'
import { COMPONENTS } from '@fleet/contract/names'
import { clientConfig, named, s3Config } from '../aws/client-config.ts'
import { paceFor } from '../aws/pace.ts'
import { collect } from '../aws/pages.ts'
import type { Target } from '../target/target.ts'
import { strandDevices } from './strand.ts'

export interface MadeWay {
  /** Devices that wait for another stack. */
  readonly stranded: number
  /** Certificates that have lost one of the stack's policies; they themselves stay. */
  readonly detached: number
  /** Versions and delete markers. */
  readonly objects: number
  readonly images: number
}

export interface MakeWayOptions {
  readonly report?: (step: string) => void
  readonly now?: () => Date
}

/** Can be repeated, and goes on where a killed run stopped: whatever is gone already is not there to be listed. @throws FleetError */
export async function makeWay(target: Target, { report = () => {}, now = () => new Date() }: MakeWayOptions = {}): Promise<MadeWay> {
  const { names } = target
  const stranded = await strandDevices(target, now)
  report(`${stranded} devices marked: the next stack gives them back what they lose`)
  const detached = (await detachAll(names.devicePolicy, target)) + (await detachAll(names.claimPolicy, target))
  report(`policies detached from ${detached} certificates`)
  const people = await detachAll(names.console, target)
  report(`policy of the console detached from ${people} people`)
  let objects = 0
  for (const bucket of [names.provisioningBucket, names.telemetryArchive, names.consoleBucket]) {
    const removed = await emptyBucket(bucket, target)
    report(`${removed} objects removed from ${bucket}`)
    objects += removed
  }
  let images = 0
  for (const component of COMPONENTS) images += await emptyRepository(names.imageRepository(component), target)
  report(`${images} images removed`)
  return { stranded, detached, objects, images }
}

async function detachAll(policyName: string, target: Target): Promise<number> {
  const iot = named(new IoTClient(clientConfig(target)))
  const pace = paceFor(target)
  const targets = await collect(paginateListTargetsForPolicy({ client: iot, pageSize: 250 }, { policyName }), (page) => page.targets).catch(noneIf(ResourceNotFoundException))
  await Promise.all(targets.map((holder) => pace('DetachPolicy', () => iot.send(new DetachPolicyCommand({ policyName, target: holder })))))
  return targets.length
}

/** A bucket counts as empty when no version and no delete marker is left (S3 guide, «Deleting a bucket»). DeleteObjects takes as many as a page lists. */
async function emptyBucket(Bucket: string, target: Target): Promise<number> {
  const s3 = named(new S3Client(s3Config(target)))
  for (let removed = 0; ; ) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket })).then(versionsIn, noneIf(NoSuchBucket))
    const objects = page.map(({ Key, VersionId }) => ({ Key, VersionId }))
    if (objects.length === 0) return removed
    const { Errors: [failed] = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: objects, Quiet: true } }))
    if (failed) throw new FleetError('CLOUD_REFUSED', `${Bucket}: ${failed.Key ?? ''} could not be removed: ${failed.Code ?? ''} ${failed.Message ?? ''}`, 'Do what the message says, then run the same again.')
    removed += objects.length
  }
}

const versionsIn = ({ Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput) => [...Versions, ...DeleteMarkers]

/** BatchDeleteImage takes a hundred at most. */
async function emptyRepository(repositoryName: string, target: Target): Promise<number> {
  const ecr = named(new ECRClient(clientConfig(target)))
  for (let removed = 0; ; ) {
    const { imageIds = [] } = await ecr.send(new ListImagesCommand({ repositoryName, maxResults: 100 })).catch((error: unknown) => {
      if (error instanceof RepositoryNotFoundException) return { imageIds: [] }
      throw error
    })
    if (imageIds.length === 0) return removed
    const digests = [...new Set(imageIds.flatMap(({ imageDigest }) => imageDigest ?? []))].map((imageDigest) => ({ imageDigest }))
    const { failures: [failed] = [] } = await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: digests }))
    // An index goes before the images that it names: those that were refused so are there at the next turn.
    if (failed && failed.failureCode !== 'ImageReferencedByManifestList') throw new FleetError('CLOUD_REFUSED', `${repositoryName}: an image could not be removed: ${failed.failureReason ?? failed.failureCode ?? ''}`, 'Do what the message says, then run the same again.')
    removed += digests.length
  }
}

const noneIf =
  (kind: abstract new (...args: never[]) => Error) =>
  (error: unknown): never[] => {
    if (error instanceof kind) return []
    throw error
  }
