// sandbox/src/cloud/ecr/ecr.test.ts: the AWS API of ECR.
import { expect, test } from 'vitest'
import { OCI_MANIFEST } from './manifest.ts'
import { ecrBench, sha256 } from './testing.ts'

const repositoryName = 'fleet-dev/led'

test('a repository is described as this caller reaches it, and is gone when deleted', async () => {
  const b = await ecrBench()
  const { repository } = await b.call('CreateRepository', { repositoryName, imageScanningConfiguration: { scanOnPush: true }, tags: [{ Key: 'stage', Value: 'dev' }] })
  expect(repository).toEqual({
    repositoryArn: 'arn:aws:ecr:eu-central-1:000000000000:repository/fleet-dev/led',
    registryId: '000000000000',
    repositoryName,
    repositoryUri: `000000000000.dkr.ecr.eu-central-1.amazonaws.localhost:${new URL(b.origin).port}/fleet-dev/led`,
    createdAt: expect.any(Date),
    imageTagMutability: 'MUTABLE',
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: { encryptionType: 'AES256' },
  })
  expect((await b.call('DescribeRepositories', {})).repositories).toEqual([repository])
  await expect(b.call('CreateRepository', { repositoryName })).rejects.toMatchObject({ code: 'RepositoryAlreadyExistsException' })
  await b.push(repositoryName, { tag: '1' })
  await expect(b.call('DeleteRepository', { repositoryName })).rejects.toMatchObject({ code: 'RepositoryNotEmptyException' })
  await b.call('DeleteRepository', { repositoryName, force: true })
  await expect(b.call('DescribeRepositories', { repositoryNames: [repositoryName] })).rejects.toMatchObject({ code: 'RepositoryNotFoundException' })
  await b.call('CreateRepository', { repositoryName })
  expect((await b.call('ListImages', { repositoryName })).imageIds).toEqual([])
})

test.each(['A', 'a', '-a', 'a//b', 'a/', 'a b'])('«%s» names no repository', async (name) => {
  const b = await ecrBench()
  await expect(b.call('CreateRepository', { repositoryName: name })).rejects.toMatchObject({ code: 'InvalidParameterException' })
})

test('layers and images by the AWS API, with a link to download', async () => {
  const b = await ecrBench()
  await b.call('CreateRepository', { repositoryName })
  const upload = async (text: string) => {
    const { uploadId } = await b.call('InitiateLayerUpload', { repositoryName })
    const half = Math.floor(text.length / 2)
    await b.call('UploadLayerPart', { repositoryName, uploadId, partFirstByte: 0, partLastByte: half - 1, layerPartBlob: Buffer.from(text.slice(0, half)) })
    await expect(b.call('UploadLayerPart', { repositoryName, uploadId, partFirstByte: 0, partLastByte: 0, layerPartBlob: Buffer.from('x') })).rejects.toMatchObject({ code: 'InvalidLayerPartException', members: { lastValidByteReceived: half - 1 } })
    await b.call('UploadLayerPart', { repositoryName, uploadId, partFirstByte: half, partLastByte: text.length - 1, layerPartBlob: Buffer.from(text.slice(half)) })
    return b.call('CompleteLayerUpload', { repositoryName, uploadId, layerDigests: [sha256(text)] })
  }
  expect((await upload('a layer')).layerDigest).toBe(sha256('a layer'))
  await expect(upload('a layer')).rejects.toMatchObject({ code: 'LayerAlreadyExistsException' })
  await upload('{"config":1}')
  expect((await b.call('BatchCheckLayerAvailability', { repositoryName, layerDigests: [sha256('a layer'), sha256('absent'), 'x'] })).layers?.map(({ layerAvailability }) => layerAvailability)).toEqual(['AVAILABLE', 'UNAVAILABLE'])
  const { downloadUrl = '' } = await b.call('GetDownloadUrlForLayer', { repositoryName, layerDigest: sha256('a layer') })
  expect(await (await fetch(downloadUrl)).text()).toBe('a layer')
  expect((await fetch(downloadUrl.replace(/signature=..../, 'signature=0000'))).status).toBe(403)
  b.clock.advance(3_601_000)
  expect((await fetch(downloadUrl)).status).toBe(403)
  const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config: { digest: sha256('{"config":1}'), size: 12 }, layers: [{ digest: sha256('a layer'), size: 7 }] })
  const { image } = await b.call('PutImage', { repositoryName, imageManifest, imageTag: '1' })
  expect(image?.imageId).toEqual({ imageDigest: sha256(imageManifest), imageTag: '1' })
  await expect(b.call('PutImage', { repositoryName, imageManifest, imageTag: '1' })).rejects.toMatchObject({ code: 'ImageAlreadyExistsException' })
  await expect(b.call('PutImage', { repositoryName, imageManifest: '{}' })).rejects.toMatchObject({ code: 'InvalidParameterException' })
  const { images, failures } = await b.call('BatchGetImage', { repositoryName, imageIds: [{ imageTag: '1' }, { imageTag: 'absent' }, { imageDigest: 'sha256:x' }, {}] })
  expect(images?.map((found) => found.imageManifest)).toEqual([imageManifest])
  expect(failures?.map(({ failureCode }) => failureCode)).toEqual(['ImageNotFound', 'InvalidImageDigest', 'MissingDigestAndTag'])
})

test('deleting the last tag deletes the image, and the layers that no other one has', async () => {
  const b = await ecrBench()
  await b.call('CreateRepository', { repositoryName })
  await b.push(repositoryName, { tag: '1', layers: ['shared', 'one'] })
  await b.push(repositoryName, { tag: '2', layers: ['shared', 'two'] })
  await b.call('BatchDeleteImage', { repositoryName, imageIds: [{ imageTag: '1' }] })
  const { layers } = await b.call('BatchCheckLayerAvailability', { repositoryName, layerDigests: ['shared', 'one', 'two'].map(sha256) })
  expect(layers?.map(({ layerAvailability }) => layerAvailability)).toEqual(['AVAILABLE', 'UNAVAILABLE', 'AVAILABLE'])
})

test('nothing is claimed of an image that nobody scanned', async () => {
  const b = await ecrBench()
  await b.call('CreateRepository', { repositoryName })
  await b.push(repositoryName, { tag: '1' })
  const scan = await b.call('DescribeImageScanFindings', { repositoryName, imageId: { imageTag: '1' } })
  expect(scan.imageScanStatus).toEqual({ status: 'FAILED', description: 'The sandbox has no vulnerability database: this image was not scanned.' })
  expect(scan.imageScanFindings).toBeUndefined()
  await expect(b.call('DescribeImageScanFindings', { repositoryName, imageId: { imageTag: '2' } })).rejects.toMatchObject({ code: 'ImageNotFoundException' })
})

test('a lifecycle policy expires what it selects at the next push', async () => {
  const b = await ecrBench()
  await b.call('CreateRepository', { repositoryName })
  const lifecyclePolicyText = JSON.stringify({ rules: [{ rulePriority: 1, selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 2 }, action: { type: 'expire' } }] })
  await b.call('PutLifecyclePolicy', { repositoryName, lifecyclePolicyText })
  for (const tag of ['1', '2', '3']) {
    b.clock.advance(1000)
    await b.push(repositoryName, { tag, layers: [tag] })
  }
  expect((await b.call('ListImages', { repositoryName })).imageIds?.map(({ imageTag }) => imageTag).sort()).toEqual(['2', '3'])
  await expect(b.call('GetLifecyclePolicyPreview', { repositoryName })).rejects.toMatchObject({ code: 'LifecyclePolicyPreviewNotFoundException' })
  const fewer = JSON.stringify({ rules: [{ rulePriority: 1, selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1 }, action: { type: 'expire' } }] })
  expect(await b.call('StartLifecyclePolicyPreview', { repositoryName, lifecyclePolicyText: fewer })).toMatchObject({ status: 'IN_PROGRESS', lifecyclePolicyText: fewer })
  expect(await b.call('GetLifecyclePolicyPreview', { repositoryName })).toMatchObject({ status: 'COMPLETE', lifecyclePolicyText: fewer, previewResults: [{ imageTags: ['2'] }], summary: { expiringImageTotalCount: 1 } })
  await b.call('DeleteLifecyclePolicy', { repositoryName })
  await expect(b.call('GetLifecyclePolicy', { repositoryName })).rejects.toMatchObject({ code: 'LifecyclePolicyNotFoundException' })
})

test('tags of repositories', async () => {
  const b = await ecrBench()
  const { repository } = await b.call('CreateRepository', { repositoryName, tags: [{ Key: 'a', Value: '1' }] })
  const resourceArn = repository?.repositoryArn
  await b.call('TagResource', { resourceArn, tags: [{ Key: 'b', Value: '2' }] })
  await b.call('UntagResource', { resourceArn, tagKeys: ['a'] })
  expect((await b.call('ListTagsForResource', { resourceArn })).tags).toEqual([{ Key: 'b', Value: '2' }])
})
