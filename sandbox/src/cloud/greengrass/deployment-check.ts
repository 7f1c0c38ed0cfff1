// sandbox/src/cloud/greengrass/deployment-check.ts: checks what CreateDeployment is asked for, and fills in its defaults.
import type { CreateDeploymentRequest, DeploymentPolicies } from '@aws-sdk/client-greengrassv2'
import semver from 'semver'
import { atLeast, atMost, type Check, notLongerThan, notShorterThan, oneOf, violations } from '../constraint.ts'
import { invalid } from './greengrass-error.ts'

type Asked = Pick<CreateDeploymentRequest, 'components' | 'deploymentPolicies' | 'deploymentName' | 'iotJobConfiguration' | 'parentTargetArn' | 'tags'>

/** API reference, DeploymentPolicies: defaults. */
const UPDATE_SECONDS = 60
const VALIDATION_SECONDS = 30

/** @throws AwsError ValidationException */
export function checkDeployment({ components = {}, deploymentPolicies: policies, deploymentName, iotJobConfiguration: job, parentTargetArn, tags }: Asked): void {
  if (parentTargetArn !== undefined) throw invalid('Not offered by the sandbox: subdeployments (parentTargetArn).', ['parentTargetArn'])
  const rollout = job?.jobExecutionsRolloutConfig
  const message = violations(
    ['deploymentName', deploymentName, notShorterThan(1), notLongerThan(256)],
    ['tags', tags, notLongerThan(200)],
    ['deploymentPolicies.failureHandlingPolicy', policies?.failureHandlingPolicy, oneOf('ROLLBACK', 'DO_NOTHING')],
    ['deploymentPolicies.componentUpdatePolicy.action', policies?.componentUpdatePolicy?.action, oneOf('NOTIFY_COMPONENTS', 'SKIP_NOTIFY_COMPONENTS')],
    ['deploymentPolicies.componentUpdatePolicy.timeoutInSeconds', policies?.componentUpdatePolicy?.timeoutInSeconds, atLeast(1)],
    ['iotJobConfiguration.jobExecutionsRolloutConfig.maximumPerMinute', rollout?.maximumPerMinute, atLeast(1), atMost(1000)],
    ['iotJobConfiguration.jobExecutionsRolloutConfig.exponentialRate.incrementFactor', rollout?.exponentialRate?.incrementFactor, atLeast(1), atMost(5)],
    ...Object.entries(components).flatMap(([name, { componentVersion, configurationUpdate }]): Check[] => [
      ['components.key', name, notLongerThan(128)],
      [`components.${name}.componentVersion`, componentVersion, notShorterThan(1), notLongerThan(64)],
      ...(configurationUpdate?.reset ?? []).map((pointer): Check => [`components.${name}.configurationUpdate.reset`, pointer, notLongerThan(256)]),
    ]),
  )
  if (message) throw invalid(message, ['deployment'])
  for (const [name, { componentVersion, configurationUpdate }] of Object.entries(components)) {
    if (semver.valid(componentVersion) === null)
      throw invalid(`The version ${componentVersion ?? ''} of component ${name} is no semantic version.`, [`components.${name}.componentVersion`])
    if (configurationUpdate?.merge !== undefined && !isJsonObject(configurationUpdate.merge))
      throw invalid(`The configuration to merge into component ${name} is not a JSON object.`, [`components.${name}.configurationUpdate.merge`])
    const pointer = configurationUpdate?.reset?.find((pointer) => pointer !== '' && !pointer.startsWith('/'))
    if (pointer !== undefined) throw invalid(`«${pointer}» in the reset of component ${name} is no JSON pointer.`, [`components.${name}.configurationUpdate.reset`])
  }
}

export const policiesOf = (asked: DeploymentPolicies | undefined): Required<DeploymentPolicies> => ({
  failureHandlingPolicy: asked?.failureHandlingPolicy ?? 'ROLLBACK',
  componentUpdatePolicy: {
    timeoutInSeconds: asked?.componentUpdatePolicy?.timeoutInSeconds ?? UPDATE_SECONDS,
    action: asked?.componentUpdatePolicy?.action ?? 'NOTIFY_COMPONENTS',
  },
  configurationValidationPolicy: { timeoutInSeconds: asked?.configurationValidationPolicy?.timeoutInSeconds ?? VALIDATION_SECONDS },
})

function isJsonObject(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false // no JSON at all
  }
}
