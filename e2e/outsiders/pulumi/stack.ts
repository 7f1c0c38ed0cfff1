// e2e/outsiders/pulumi/stack.ts: the real program with the Pulumi CLI, its state in a folder, its cloud the twin.
import { PROJECT } from '@fleet/contract/stage'
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

/** Nothing is downloaded, and nothing of the user's own Pulumi is touched. */
export function engineFor(executable: string, { backend, home }: Folders): StackEngine {
  const engine = pulumiCliEngine({ programFolder: join(REPOSITORY, 'infra'), project: PROJECT, backendUrl: `file://${backend}`, executable })
  const alone = (run: StackRun): StackRun => ({ ...run, environment: { PULUMI_HOME: home, PULUMI_CONFIG_PASSPHRASE: 'none of its values is secret', AWS_EC2_METADATA_DISABLED: 'true', ...run.environment } })
  return {
    preview: (run) => engine.preview(alone(run)),
    up: (run) => engine.up(alone(run)),
    refresh: (run) => engine.refresh(alone(run)),
    destroy: (run) => engine.destroy(alone(run)),
    outputs: (stage) => engine.outputs(stage),
    resources: (stage) => engine.resources(stage),
  }
}

/** As `fleet deploy` runs it, before the first release. */
export const runOf = ({ stage: { stage, region }, config, endpoint = '' }: Target): StackRun => ({
  stage,
  config,
  environment: { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: ROOT_KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: ROOT_KEY.secretAccessKey, FLEET_RELEASE_MANIFEST: '' },
})
