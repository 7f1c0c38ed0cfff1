// e2e/outsiders/pulumi/stack.ts: the real program with the Pulumi CLI, its state in a folder, its cloud the twin.
import { PROJECT } from '@fleet/contract/stage'
import { secretsProviderOf } from '@fleet/ops/deploy/choose-engine'
import { cloudEnvironment } from '@fleet/ops/deploy/cloud-environment'
import { pulumiCliEngine } from '@fleet/ops/stack/pulumi-cli'
import type { StackEngine, StackRun } from '@fleet/ops/stack/stack-engine'
import { sandboxTarget, type Target } from '@fleet/ops/target/target'
import { REPOSITORY } from '@fleet/ops/target/repository'
import { endpointsOf } from '@fleet/sandbox/opening/endpoints-file'
import { join } from 'node:path'
import { ACCOUNT_ID, REGION, ROOT_KEY, type Twin } from '../twin.ts'

/** `managesAccountSettings` needs the provider of @pulumi/aws as well; without them the stage hears of audits by its own topic, to which none tells. */
export function targetAt(twin: Twin, { managesAccountSettings }: { readonly managesAccountSettings: boolean }): Target {
  const target = sandboxTarget(endpointsOf({ stage: 'dev', accountId: ACCOUNT_ID, region: REGION, ...ROOT_KEY }, twin, 0), twin.stateFolder)
  return { ...target, config: { ...target.config, [`${PROJECT}:managesAccountSettings`]: String(managesAccountSettings), ...(!managesAccountSettings && { [`${PROJECT}:accountSettingsOf`]: 'dev' }) } }
}

interface Folders {
  /** State of the stack. */
  readonly backend: string
  /** The CLI's own files. */
  readonly home: string
}

export interface Sealing {
  /** `key`: that which bootstrap makes. `passphrase`: as a stack was made before there was one. */
  readonly by: 'key' | 'passphrase'
  /** That the environment has, whatever it seals by. */
  readonly passphrase?: string
}

/** Nothing is downloaded, and nothing of the user's own Pulumi is touched. */
export function engineFor(executable: string, { backend, home }: Folders, { target, sealing: { by, passphrase = '' } }: { readonly target: Target; readonly sealing: Sealing }): StackEngine {
  const secretsProvider = by === 'key' ? secretsProviderOf(target) : undefined
  const environment = { PULUMI_HOME: home, PULUMI_CONFIG_PASSPHRASE: passphrase, AWS_EC2_METADATA_DISABLED: 'true', ...cloudEnvironment(target) }
  return pulumiCliEngine({ programFolder: join(REPOSITORY, 'infra'), project: PROJECT, backendUrl: `file://${backend}`, executable, secretsProvider, environment })
}

/** As `fleet deploy` runs it, before the first release. */
export const runOf = ({ stage: { stage }, config }: Target): StackRun => ({ stage, config, environment: { FLEET_RELEASE_MANIFEST: '' } })
