// sandbox/src/cloud/greengrass/deployment-document.ts: the document of a deployment, as a core device reads it from its job or its shadow.
import type { ComponentDeploymentSpecification, DeploymentPolicies } from '@aws-sdk/client-greengrassv2'
import { type Account, arn } from '../account.ts'
import type { JsonObject } from '../iot-core/json.ts'
import type { DeploymentTarget } from './component-arn.ts'

export interface DocumentSource {
  readonly deploymentId: string
  readonly deploymentName: string | undefined
  readonly target: DeploymentTarget
  readonly revision: number
  readonly createdAt: Date
  readonly components: Readonly<Record<string, ComponentDeploymentSpecification>>
  readonly policies: Required<DeploymentPolicies>
}

/** Developer guide, troubleshooting «getting full deployment configuration»: above it a device fetches the document itself. */
const MAX_BYTES = { thing: 7 * 1024, thinggroup: 31 * 1024 } as const

/** Each revision has its own: cores ignore one that they know. */
export const configurationArn = (account: Account, { kind, name }: DeploymentTarget, revision: number) => arn('greengrass', account, `configuration:${kind}/${name}:${revision}`)

/** What is sent: the whole document, or where it is large only what a core needs to ask for it. */
export function sentDocument(source: DocumentSource, account: Account): JsonObject {
  const document = deploymentDocument(source, account)
  if (sentBytes(document, source.target) <= MAX_BYTES[source.target.kind]) return document
  const { deploymentId, configurationArn: revisionArn, creationTimestamp, requiredCapabilities } = document
  return { deploymentId, configurationArn: revisionArn, creationTimestamp, requiredCapabilities: [...requiredCapabilities, 'LARGE_CONFIGURATION'], components: {} }
}

/** In a shadow the document is text within JSON. */
const sentBytes = (document: JsonObject, { kind }: DeploymentTarget) => Buffer.byteLength(kind === 'thing' ? JSON.stringify(JSON.stringify(document)) : JSON.stringify(document))

export function deploymentDocument({ deploymentId, deploymentName, target, revision, createdAt, components, policies }: DocumentSource, account: Account) {
  const limits = Object.values(components).some(({ runWith }) => runWith?.systemResourceLimits !== undefined)
  return {
    deploymentId,
    ...(deploymentName === undefined ? {} : { deploymentName }),
    configurationArn: configurationArn(account, target, revision),
    schemaDate: '2021-05-17',
    creationTimestamp: createdAt.getTime(),
    components: Object.fromEntries(Object.entries(components).map(([name, specification]) => [name, deployedComponent(specification)])),
    requiredCapabilities: limits ? ['LINUX_RESOURCE_LIMITS'] : [],
    failureHandlingPolicy: policies.failureHandlingPolicy,
    componentUpdatePolicy: { timeout: policies.componentUpdatePolicy.timeoutInSeconds, action: policies.componentUpdatePolicy.action },
    configurationValidationPolicy: { timeout: policies.configurationValidationPolicy.timeoutInSeconds },
  } satisfies JsonObject
}

/** `merge` is JSON text in the API and JSON in the document. */
function deployedComponent({ componentVersion, configurationUpdate, runWith }: ComponentDeploymentSpecification) {
  return {
    version: componentVersion ?? '',
    ...(configurationUpdate
      ? {
          configurationUpdate: {
            ...(configurationUpdate.merge ? { merge: JSON.parse(configurationUpdate.merge) as JsonObject } : {}), // checked when the deployment was created
            ...(configurationUpdate.reset ? { reset: configurationUpdate.reset } : {}),
          },
        }
      : {}),
    ...(runWith
      ? {
          runWith: {
            ...(runWith.posixUser === undefined ? {} : { posixUser: runWith.posixUser }),
            ...(runWith.windowsUser === undefined ? {} : { windowsUser: runWith.windowsUser }),
            ...(runWith.systemResourceLimits ? { systemResourceLimits: { ...runWith.systemResourceLimits } } : {}),
          },
        }
      : {}),
  }
}
