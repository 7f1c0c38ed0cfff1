// sandbox/src/site/nucleus/deployments/document.ts: reads a deployment document (component-common, configuration/common/Configuration): what shall run on the device.
import { isJsonObject, member, numberOf, parseJson, stringsOf, textOf, type JsonObject, type JsonValue } from '../json.ts'
import { DeploymentError } from './deployment-error.ts'

export interface DeploymentDocument {
  readonly deploymentId: string
  readonly configurationArn: string
  /** `thinggroup/<name>` or `thing/<name>`. */
  readonly group: string
  /** When it was created in the cloud, in milliseconds. */
  readonly createdAt: number
  readonly components: readonly ComponentUpdate[]
  readonly requiredCapabilities: readonly string[]
  readonly rollsBack: boolean
  readonly notifiesComponents: boolean
  readonly notificationTimeoutMs: number
  readonly validationTimeoutMs: number
}

export interface ComponentUpdate {
  readonly name: string
  readonly version: string
  readonly merge: JsonObject | undefined
  /** JSON pointers. */
  readonly reset: readonly string[]
  /** As in the document; without it the component keeps its user. */
  readonly runWith: JsonObject
}

const DEFAULT_TIMEOUT_SECONDS = 60

/** @throws DeploymentError */
export function readDocument(text: string): DeploymentDocument {
  if (text === '') throw new DeploymentError('deployment document cannot be empty', { codes: ['DEPLOYMENT_DOCUMENT_NOT_VALID', 'EMPTY_DEPLOYMENT_REQUEST'], types: ['CLOUD_SERVICE_ERROR'] })
  const document = parseJson(text)
  if (!isJsonObject(document)) throw unreadable()
  const at = (name: string) => member(document, name)
  const updatePolicy = objectOf(at('componentUpdatePolicy'))
  const configurationArn = textOf(at('configurationArn'))
  return {
    deploymentId: textOf(at('deploymentId')),
    configurationArn,
    group: groupOf(configurationArn),
    createdAt: numberOf(at('creationTimestamp'), 0),
    components: Object.entries(objectOf(at('components'))).map(([name, update]) => componentUpdate(name, objectOf(update))),
    requiredCapabilities: stringsOf(at('requiredCapabilities')),
    rollsBack: oneOf(at('failureHandlingPolicy'), ['ROLLBACK', 'DO_NOTHING']) === 'ROLLBACK',
    notifiesComponents: oneOf(member(updatePolicy, 'action'), ['NOTIFY_COMPONENTS', 'SKIP_NOTIFY_COMPONENTS']) === 'NOTIFY_COMPONENTS',
    notificationTimeoutMs: secondsOf(updatePolicy) * 1000,
    validationTimeoutMs: secondsOf(objectOf(at('configurationValidationPolicy'))) * 1000,
  }
}

export const rootComponents = ({ components }: DeploymentDocument): string[] => components.map(({ name }) => name)

function componentUpdate(name: string, update: JsonObject): ComponentUpdate {
  if (name === '') throw invalid('Target component name is empty')
  const version = textOf(member(update, 'version'))
  if (version === '') throw invalid(`Version for target component ${name} is empty`)
  const configuration = objectOf(member(update, 'configurationUpdate'))
  const merge = member(configuration, 'merge')
  return { name, version, merge: isJsonObject(merge) ? merge : undefined, reset: stringsOf(member(configuration, 'reset')), runWith: objectOf(member(update, 'runWith')) }
}

/** The resource of `arn:aws:greengrass:<region>:<account>:configuration:<group>:<revision>`; what is no ARN is the group's name itself. */
function groupOf(arn: string): string {
  const resource = /^arn:[^:]+:[^:]+:[^:]*:[^:]*:(.+)$/.exec(arn)?.[1]
  if (resource === undefined) return arn
  const [, separator, rest] = /^[^:/]*([:/])(.*)$/.exec(resource) ?? []
  return separator === undefined ? resource : (rest?.split(separator)[0] ?? resource)
}

/** The first of them when nothing is said. */
function oneOf(value: JsonValue | undefined, values: readonly [string, ...string[]]): string {
  if (value === undefined || value === null) return values[0]
  const found = values.find((each) => each === textOf(value).toUpperCase())
  if (found === undefined) throw unreadable()
  return found
}

const secondsOf = (policy: JsonObject) => numberOf(member(policy, 'timeout'), DEFAULT_TIMEOUT_SECONDS)

const objectOf = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {})

const invalid = (what: string) => new DeploymentError(what, { codes: ['DEPLOYMENT_DOCUMENT_NOT_VALID'] })
const unreadable = () => new DeploymentError('Unable to parse the deployment document', { codes: ['DEPLOYMENT_DOCUMENT_NOT_VALID', 'DEPLOYMENT_DOCUMENT_PARSE_ERROR'], types: ['CLOUD_SERVICE_ERROR'] })
