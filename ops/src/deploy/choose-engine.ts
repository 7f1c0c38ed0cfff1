// ops/src/deploy/choose-engine.ts: what runs the Pulumi program: in a sandbox our own engine, on AWS the Pulumi CLI with its state in a bucket.
import { join, resolve } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import { PROJECT } from '@fleet/contract/stage'
import { cloudEnvironment } from './cloud-environment.ts'
import { inProcessEngine } from '../stack/in-process.ts'
import { pulumiCliEngine, pulumiOnPath } from '../stack/pulumi-cli.ts'
import type { StackEngine } from '../stack/stack-engine.ts'
import { REPOSITORY } from '../target/repository.ts'
import type { Target } from '../target/target.ts'

const PROGRAM_FOLDER = join(REPOSITORY, 'infra')

/** In the state folder of a sandbox. */
const STACK_FOLDER = 'stack'

/** @throws FleetError PULUMI_MISSING */
export function chosenEngine(target: Target, environment: Readonly<Record<string, string | undefined>>): StackEngine {
  const common = { programFolder: PROGRAM_FOLDER, project: PROJECT }
  const own = environment['FLEET_STACK_STATE'] ?? ''
  if (own !== '') return inProcessEngine({ ...common, stateFolder: resolve(own) })
  if (target.sandbox) return inProcessEngine({ ...common, stateFolder: join(target.sandbox.folder, STACK_FOLDER) })
  const executable = pulumiOnPath(environment['PATH'])
  if (executable === undefined) throw missing()
  return pulumiCliEngine({ ...common, executable, stageSettings: target.stageSettings, secretsProvider: secretsProviderOf(target), environment: cloudEnvironment(target), backendUrl: backendOf(target, environment) })
}

function backendOf({ names, stage }: Target, environment: Readonly<Record<string, string | undefined>>): string {
  const given = environment['PULUMI_BACKEND_URL'] ?? ''
  return given === '' ? `s3://${names.stateBucket}?region=${stage.region}` : given
}

/** As the Pulumi CLI spells a key of KMS (Pulumi docs, `stack change-secrets-provider`). */
export const secretsProviderOf = ({ names, stage }: Pick<Target, 'names' | 'stage'>): string => `awskms://${names.secretsKeyAlias}?region=${stage.region}`

const missing = () =>
  new FleetError(
    'PULUMI_MISSING',
    'the Pulumi CLI is not installed, and the stack in AWS needs it',
    'Install it (https://www.pulumi.com/docs/install) and repeat. Or set FLEET_STACK_STATE to a folder that is kept and backed up: the stack is made without the CLI then, and that folder is its only record.',
  )
