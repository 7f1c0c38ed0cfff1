// ops/src/deploy/deploy.ts: brings the stack of a stage up with its current release, and whatever must follow each `up`.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { IoTClient } from '@aws-sdk/client-iot'
import { NoSuchBucket } from '@aws-sdk/client-s3'
import { FleetError } from '@fleet/contract/errors'
import type { ReleaseManifest } from '@fleet/contract/release'
import { assertAccount } from '../aws/account-check.ts'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { boundaryStep, claimStep, type ClaimStep } from '../bootstrap/bootstrap.ts'
import { acceptConsolePolicy } from '../console/policy-by-design.ts'
import { poolsIn } from '../console/pools.ts'
import { builtPage, publishPage, type PublishedPage } from '../console/publish-page.ts'
import { currentRelease } from '../release/manifest-store.ts'
import type { Outputs, StackChange, StackEngine, StackProgress, StackResult } from '../stack/stack-engine.ts'
import type { Target } from '../target/target.ts'
import { canaryIn, refuseIfPinned, wavesOf } from './canary.ts'
import type { Canary } from './canary-argument.ts'
import { cloudEnvironment } from './cloud-environment.ts'
import { remember, storeOf } from './history.ts'
import { makeRoom, takeOver } from './take-over.ts'

export interface DeployOptions {
  readonly engine: StackEngine
  /** Of a release that was not deployed yet. */
  readonly canary?: Canary | undefined
  /** Whether to look first what of the stack is really there. */
  readonly refreshes?: boolean
  /** Each resource, as its work begins and ends. */
  readonly onProgress?: (progress: StackProgress) => void
}

export interface Deployed {
  readonly stage: string
  /** Undefined before the first release: everything but the deployment to the devices. */
  readonly release: string | undefined
  /** Of Greengrass; undefined as the release. */
  readonly deploymentId: string | undefined
  /** Devices that are told of it in the first minute, by `--canary`; undefined: as the stage has it. */
  readonly canary: number | undefined
  readonly changes: readonly StackChange[]
  readonly unchanged: number
  readonly outputs: Outputs
  readonly claim: ClaimStep
  /** Undefined: the stage has no console. */
  readonly console: PublishedPage | undefined
}

/** A run that was killed is finished by the next. A stage file that pins a release (fleetwright:releaseManifest) gets that one. @throws FleetError */
export const deploy = (target: Target, { engine, canary, refreshes = false, onProgress }: DeployOptions): Promise<Deployed> =>
  explaining(target, async () => {
    refuseIfPinned(target, canary)
    await assertAccount(target)
    await boundaryStep(target)
    const { stage } = target.stage
    const built = target.stage.console ? builtPage() : Promise.resolve('') // while the stack is made
    built.catch(() => {}) // told when it is published
    const result = await withRelease(target, { engine, canary, changes: true }, async (environment) => {
      const run = { stage, config: target.config, environment, ...(onProgress && { onProgress }) }
      if (refreshes) await engine.refresh(run)
      return engine.up(run)
    })
    if (poolsIn(result.outputs)) await acceptConsolePolicy(named(new IoTClient(clientConfig(target))), target.names)
    const [release, ofStack] = [nameOf(result.outputs), textOf(result.outputs, 'deploymentId')]
    const deploymentId = ofStack && (await takeOver(ofStack, spreadingOf(target)))
    if (release !== undefined && deploymentId !== undefined) await remember({ release, deploymentId }, storeOf(target), new Date())
    return { stage, release, deploymentId, canary: canaryIn(result.outputs), ...result, claim: await claimStep(target), console: await publishPage(target, result.outputs, built) }
  })

/** What `deploy` would change; it changes nothing. @throws FleetError */
export const previewDeploy = (target: Target, { engine, canary }: Pick<DeployOptions, 'engine' | 'canary'>): Promise<StackResult> =>
  explaining(target, () => withRelease(target, { engine, canary }, (environment) => engine.preview({ stage: target.stage.stage, config: target.config, environment })))

/** Hands `run` the environment in which the program finds cloud and release. */
async function withRelease(target: Target, { engine, canary: wanted, changes = false }: Pick<DeployOptions, 'engine' | 'canary'> & { readonly changes?: boolean }, run: (environment: Record<string, string>) => Promise<StackResult>): Promise<StackResult> {
  if (target.stage.releaseManifest !== undefined) return run({ ...cloudEnvironment(target), FLEET_CANARY: '' })
  const outputs = await engine.outputs(target.stage.stage)
  const release = await releaseOf(target, outputs)
  const canary = await wavesOf(release?.id, { outputs, wanted, target })
  if (changes && release && nameOf(outputs) !== undefined && nameOf(outputs) !== release.id) await makeRoom(release, spreadingOf(target))
  return withManifestFile(release, (file) => run({ ...cloudEnvironment(target), FLEET_RELEASE_MANIFEST: file, FLEET_CANARY: String(canary ?? '') }))
}

const spreadingOf = (target: Target) => ({ greengrass: named(new GreengrassV2Client(clientConfig(target))), stage: target.stage })

/** Before the first `up` there is no store, after it no release. A release that was there must not vanish unsaid: its deployment would. */
async function releaseOf(target: Target, outputs: Outputs | undefined): Promise<ReleaseManifest | undefined> {
  try {
    const current = await currentRelease(storeOf(target))
    if (current) return current.manifest
  } catch (error) {
    if (error instanceof NoSuchBucket) return undefined
    throw error
  }
  const deployed = nameOf(outputs)
  if (deployed === undefined) return undefined
  throw new FleetError('RELEASE_MISSING', `release ${deployed} is deployed, but the provisioning bucket names no current release`, 'Restore releases/current.json (the bucket keeps old versions), or run `fleet release publish`; nothing was changed.')
}

/** The stack's own word for what it deploys. */
const nameOf = (outputs: Outputs = {}): string | undefined => textOf(outputs, 'release')

function textOf(outputs: Outputs, name: 'release' | 'deploymentId'): string | undefined {
  const value = outputs[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The program reads the release from a file; an empty name says that there is none. */
async function withManifestFile<T>(release: ReleaseManifest | undefined, work: (file: string) => Promise<T>): Promise<T> {
  if (!release) return work('')
  const folder = await mkdtemp(join(tmpdir(), 'fleet-release-'))
  try {
    const file = join(folder, 'release.json')
    await writeFile(file, JSON.stringify(release))
    return await work(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
