// ops/src/target/choose-target.ts: decides where fleet speaks to: the endpoint of the environment, else the sandbox that runs here, else AWS.
import { FleetError } from '@fleet/contract/errors'
import { runningSandbox, sandboxFolder, type RunningSandbox } from './running-sandbox.ts'
import { awsTarget, endpointTarget, sandboxTarget, type Target } from './target.ts'

export interface Choice {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stage: string
  readonly wantsAws: boolean
}

/** @throws FleetError */
export function chosenTarget({ environment, stage, wantsAws }: Choice): Target {
  const endpoint = environment['AWS_ENDPOINT_URL'] ?? ''
  if (wantsAws && endpoint === '') return awsTarget(stage)
  const sandbox = runningSandbox(sandboxFolder(environment))
  if (endpoint !== '' && !(sandbox && isSame(endpoint, sandbox.endpoints.gateway))) return endpointTarget(stage, endpoint)
  // Who names a sandbox means it: what was meant for it must not go to AWS because it has ended.
  return sandbox || isNamed(environment) ? sandboxOf(stage, chosenSandbox({ environment })) : awsTarget(stage)
}

const isNamed = (environment: Choice['environment']) => (environment['FLEET_SANDBOX_STATE'] ?? '') !== ''

/** The sandbox that runs here, for the commands that only a sandbox has. @throws FleetError SANDBOX_NOT_RUNNING */
export function chosenSandbox({ environment }: Pick<Choice, 'environment'>): RunningSandbox {
  const folder = sandboxFolder(environment)
  const sandbox = runningSandbox(folder)
  if (sandbox) return sandbox
  throw new FleetError('SANDBOX_NOT_RUNNING', `no sandbox is running with its state in ${folder}`, 'Start it with `npm start`; if it runs with --state DIR, set FLEET_SANDBOX_STATE=DIR.')
}

/** A stage that is asked for by name must not be mistaken for another, nor a sandbox for AWS. */
function sandboxOf(stage: string, { endpoints, folder }: RunningSandbox): Target {
  if (endpoints.stage === stage) return sandboxTarget(endpoints, folder)
  throw new FleetError('SANDBOX_STAGE_OTHER', `the sandbox that runs here is of stage ${endpoints.stage}, not ${stage}`, `Use --stage ${endpoints.stage}, or --aws to speak to stage ${stage} in AWS.`)
}

const isSame = (one: string, other: string): boolean => origin(one) === origin(other)

/** `localhost` and 127.0.0.1 are the same to a person. */
function origin(url: string): string {
  if (!URL.canParse(url)) return url
  const { protocol, hostname, port } = new URL(url)
  return `${protocol}//${hostname === 'localhost' ? '127.0.0.1' : hostname}:${port}`
}
