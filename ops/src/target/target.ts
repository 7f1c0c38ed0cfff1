// ops/src/target/target.ts: where fleet speaks to: one stage, in AWS, in a sandbox, or at some other endpoint that speaks AWS.
import { fleetNames, type FleetNames } from '@fleet/contract/names'
import type { SandboxEndpoints } from '@fleet/contract/sandbox-endpoints'
import { PROJECT, type Stage } from '@fleet/contract/stage'
import { readStageFile } from '../stack/stage-file.ts'
import { REPOSITORY } from './repository.ts'

export interface Target {
  readonly kind: 'aws' | 'endpoint' | 'sandbox'
  readonly stage: Stage
  readonly names: FleetNames
  /** The stage's configuration, keys in full: what the Pulumi program is given. */
  readonly config: Readonly<Record<string, string>>
  /** What else stands in the stage file, for the Pulumi CLI. */
  readonly stageSettings: Readonly<Record<string, unknown>>
  /** AWS's own when undefined. */
  readonly endpoint: string | undefined
  /** The SDK's default chain when undefined. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined
  /** Absent unless it is a sandbox of this machine. */
  readonly sandbox: { readonly endpoints: SandboxEndpoints; readonly folder: string } | undefined
  /** One line for a person. */
  readonly describe: string
}

/** A stage in AWS itself, by the SDK's default credentials. @throws FleetError STAGE_INVALID */
export const awsTarget = (stageName: string): Target => ({ ...stageIn('AWS', stageName), kind: 'aws', endpoint: undefined, credentials: undefined, sandbox: undefined })

/** A stage at another endpoint (AWS_ENDPOINT_URL), by the SDK's default credentials. @throws FleetError STAGE_INVALID */
export const endpointTarget = (stageName: string, endpoint: string): Target => ({ ...stageIn(endpoint, stageName), kind: 'endpoint', endpoint, credentials: undefined, sandbox: undefined })

/** A sandbox: `folder` is its state folder. It has an account of its own. @throws FleetError STAGE_INVALID */
export function sandboxTarget(endpoints: SandboxEndpoints, folder: string): Target {
  const { stage, accountId, region, gateway, accessKeyId, secretAccessKey } = endpoints
  const override = { [`${PROJECT}:accountId`]: accountId, 'aws:region': region, 'aws-native:region': region }
  return { ...stageIn(`the sandbox at ${gateway}`, stage, override), kind: 'sandbox', endpoint: gateway, credentials: { accessKeyId, secretAccessKey }, sandbox: { endpoints, folder } }
}

function stageIn(where: string, name: string, override: Readonly<Record<string, string>> = {}) {
  const { stage, config, pulumi } = readStageFile(REPOSITORY, name, override)
  const describe = `${where}, stage ${name} (account ${stage.accountId}, ${stage.region})`
  return { stage, names: fleetNames(stage), config, stageSettings: pulumi, describe }
}
