// sandbox/src/site/nucleus/components/artifact-preparation.ts: brings the artifacts of a component onto the card: downloaded, checked, unpacked, with their permissions.
import { statfs } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Log } from '@fleet/log'
import { DeploymentError } from '../deployments/deployment-error.ts'
import { makeFolder } from '../durable-file.ts'
import type { ComponentId, NucleusPaths } from '../paths.ts'
import type { Timings } from '../timing.ts'
import type { ArtifactSource, SourceOptions } from './artifacts/artifact-source.ts'
import { bringImage, type DockerOptions } from './artifacts/docker-artifact.ts'
import { dockerImage } from './artifacts/docker-image.ts'
import { download, isPresent } from './artifacts/download.ts'
import { greengrassSource } from './artifacts/greengrass-source.ts'
import { s3Source } from './artifacts/s3-source.ts'
import { setPermissions, unzipTo } from './artifacts/unarchive.ts'
import type { ComponentStore } from './component-store.ts'
import type { Artifact, Recipe } from './recipe.ts'

export interface PreparationOptions {
  readonly paths: NucleusPaths
  readonly store: ComponentStore
  readonly sources: Omit<SourceOptions, 'signal'>
  readonly docker: Omit<DockerOptions, 'signal'>
  readonly log: Log
  readonly timings: Timings
  readonly signal: AbortSignal
  readonly storeMaxBytes: () => number
}

const LEAST_FREE_BYTES = 20 * 1024 * 1024
const DOCKER_MANAGER = 'aws.greengrass.DockerApplicationManager'
const TOKEN_EXCHANGE = 'aws.greengrass.TokenExchangeService'
const SCHEMES = ['greengrass', 's3', 'docker']

/** What can be seen in the recipes alone. @throws DeploymentError */
export function checkPrerequisites(recipes: readonly Recipe[]): void {
  const names = new Set(recipes.map(({ name }) => name))
  for (const { name, artifacts } of recipes) {
    for (const { uri } of artifacts) {
      const image = checkedUri(uri, name) === 'docker' ? wrapped(uri, name, () => dockerImage(uri)) : undefined
      if (image !== undefined && !names.has(DOCKER_MANAGER)) throw new DeploymentError(`Deployments containing docker artifacts must include the ${DOCKER_MANAGER} component`, { codes: ['MISSING_DOCKER_APPLICATION_MANAGER'] })
      if (image?.isPrivateEcr === true && !names.has(TOKEN_EXCHANGE)) throw new DeploymentError(`Deployments containing private ECR Docker artifacts must include the ${TOKEN_EXCHANGE} component`, { codes: ['MISSING_TOKEN_EXCHANGE_SERVICE'] })
    }
  }
}

/** Tries for ever while the device is offline. @throws DeploymentError */
export async function prepareArtifacts(recipe: Recipe, options: PreparationOptions): Promise<void> {
  options.log.info('prepare-package-start', { packageIdentifier: `${recipe.name}-v${recipe.version}` })
  if (recipe.artifacts.length > 0) makeFolder(options.paths.artifactsOf(recipe))
  for (const artifact of recipe.artifacts) await prepareArtifact(artifact, recipe, options)
}

async function prepareArtifact(artifact: Artifact, recipe: Recipe, options: PreparationOptions): Promise<void> {
  const { paths, signal } = options
  const saying = `Failed to download artifact name: '${artifact.uri}' for component ${recipe.name}-${recipe.version}, reason: `
  if (schemeOf(artifact.uri) === 'docker') {
    await checkFreeSpace(options)
    return bringImage(artifact.uri, saying, { ...options.docker, signal })
  }
  const source = sourceOf(artifact, recipe, { options, saying })
  const path = join(paths.artifactsOf(recipe), source.fileName)
  if (!(await isPresent(artifact, path))) {
    await checkFreeSpace(options)
    await checkStoreSize(await source.size(), options)
    await download({ artifact, source, path, saying, signal, log: options.log, timings: options.timings })
  }
  await setPermissions(path, artifact)
  if (artifact.unarchive === 'ZIP') await unpack(artifact, recipe, { path, paths })
}

async function unpack(artifact: Artifact, id: ComponentId, { path, paths }: { path: string; paths: NucleusPaths }): Promise<void> {
  const file = basename(path)
  const folder = join(paths.unarchivedOf(id), file.lastIndexOf('.') > 0 ? file.slice(0, file.lastIndexOf('.')) : file)
  try {
    makeFolder(folder)
    await unzipTo(folder, path)
    await setPermissions(folder, artifact)
  } catch (cause) {
    throw new DeploymentError(`Failed to unarchive component ${id.name}-v${id.version} artifact ${artifact.uri}`, { codes: ['ARTIFACT_DOWNLOAD_ERROR'], cause, causeMeans: 'IO_UNZIP_ERROR' })
  }
}

function sourceOf({ uri }: Artifact, recipe: Recipe, { options, saying }: { options: PreparationOptions; saying: string }): ArtifactSource {
  const sources = { ...options.sources, signal: options.signal }
  if (schemeOf(uri) === 's3') return s3Source(uri, saying, sources)
  return greengrassSource(uri, options.store.arnOf(recipe) ?? '', saying, sources)
}

async function checkFreeSpace({ paths }: PreparationOptions): Promise<void> {
  const { bavail, bsize } = await statfs(paths.packages)
  const usable = bavail * bsize
  if (usable < LEAST_FREE_BYTES) throw tooLarge(`Disk space critical: ${usable} bytes usable, ${LEAST_FREE_BYTES} bytes minimum allowed`)
}

async function checkStoreSize(needed: number, { store, storeMaxBytes }: PreparationOptions): Promise<void> {
  const existing = await store.contentBytes()
  if (existing + needed > storeMaxBytes()) throw tooLarge(`Component store size limit reached: ${existing} bytes existing, ${needed} bytes needed, ${storeMaxBytes()} bytes maximum allowed total`)
}

const tooLarge = (what: string) => new DeploymentError(what, { codes: ['ARTIFACT_DOWNLOAD_ERROR', 'DISK_SPACE_CRITICAL'] })

const schemeOf = (uri: string) => /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase()

function checkedUri(uri: string, component: string): string {
  const scheme = schemeOf(uri)
  return wrapped(uri, component, () => {
    if (uri === '') throw new DeploymentError('Artifact URI is empty', { codes: ['ARTIFACT_URI_NOT_VALID', 'EMPTY_ARTIFACT_URI'] })
    if (scheme === undefined) throw new DeploymentError(`Artifact URI ${uri} is invalid. It does not have a scheme`, { codes: ['ARTIFACT_URI_NOT_VALID', 'EMPTY_ARTIFACT_SCHEME'] })
    if (!SCHEMES.includes(scheme)) throw new DeploymentError(`Artifact URI ${uri} is invalid. Only URI schemes supported are [GREENGRASS, S3, DOCKER]`, { codes: ['ARTIFACT_URI_NOT_VALID', 'UNSUPPORTED_ARTIFACT_SCHEME'] })
    return scheme
  })
}

function wrapped<T>(uri: string, component: string, check: () => T): T {
  try {
    return check()
  } catch (cause) {
    throw new DeploymentError(`Failed to download due to bad artifact URI: ${uri} for component ${component}`, { codes: ['COMPONENT_PACKAGE_LOADING_ERROR'], cause })
  }
}
