// sandbox/src/cloud/iot-core/registry/input-rules.ts: lengths, patterns and value sets of the members that IoT's operations take.
import { atLeast, atMost, matching, notLongerThan, notShorterThan, oneOf, violations, type Check, type Constraint } from '../../constraint.ts'
import { invalidRequest } from './errors.ts'

/** Looks at every member of the input that IoT's API reference restricts. @throws AwsError InvalidRequestException that names them all */
export function checkInput(input: object): void {
  const message = violations(...checksOf(input, ''))
  if (message !== undefined) throw invalidRequest(message)
}

/** The same operations, each with its input checked first. */
export function checked<Operations extends object>(operations: Operations): Operations {
  const wrapped = Object.entries(operations).map(([name, operation]) => [
    name,
    (input: object | undefined, ...rest: unknown[]): unknown => {
      checkInput(input ?? {})
      return (operation as (...all: unknown[]) => unknown)(input, ...rest) // called with just what it was typed for
    },
  ])
  return Object.fromEntries(wrapped) as Operations // the same names, each with the same parameters and result
}

function checksOf(value: object, path: string): Check[] {
  return Object.entries(value).flatMap(([member, inner]: [string, unknown]): Check[] => {
    const rules = Object.hasOwn(MEMBERS, member) ? MEMBERS[member] : undefined
    const here: Check[] = rules ? [[`${path}${member}`, inner, ...rules]] : []
    const isStructure = typeof inner === 'object' && inner !== null && STRUCTURES.has(member)
    return isStructure ? [...here, ...checksOf(inner, `${path}${member}.`)] : here
  })
}

/** Members whose own members are restricted. */
const STRUCTURES = new Set(['attributePayload', 'thingTypeProperties', 'thingGroupProperties', 'preProvisioningHook'])

const REGISTRY_NAME = [notShorterThan(1), notLongerThan(128), matching(/^[a-zA-Z0-9:_-]+$/)]
const ATTRIBUTE_NAME = [notLongerThan(128), matching(/^[a-zA-Z0-9_.,@/:#-]+$/)]
const ATTRIBUTE_VALUE = [notLongerThan(800), matching(/^[a-zA-Z0-9_.,@/:#=[\]-]*$/)]
const DESCRIPTION = [notLongerThan(2028), matching(/^[\p{L}\p{M}\p{N}\p{P}\p{S}\x20]*$/u)] // AWS writes [\p{Graph}\x20]*
const CERTIFICATE_ID = [notShorterThan(64), notLongerThan(64), matching(/^(0x)?[a-fA-F0-9]+$/)]
const PEM = [notShorterThan(1), notLongerThan(65_536)]
const ROLE_ARN = [notShorterThan(20), notLongerThan(2048)]
const PAGE_SIZE = [atLeast(1), atMost(250)]
const CERTIFICATE_STATUS = [oneOf('ACTIVE', 'INACTIVE', 'REVOKED', 'PENDING_TRANSFER', 'REGISTER_INACTIVE', 'PENDING_ACTIVATION')]

/** API reference; a name means the same in every operation of IoT's registry. */
const MEMBERS: Readonly<Record<string, readonly Constraint[]>> = {
  thingName: REGISTRY_NAME,
  thingTypeName: REGISTRY_NAME,
  thingGroupName: REGISTRY_NAME,
  parentGroupName: REGISTRY_NAME,
  parentGroup: REGISTRY_NAME,
  namePrefixFilter: REGISTRY_NAME,
  billingGroupName: REGISTRY_NAME,
  thingTypeDescription: DESCRIPTION,
  thingGroupDescription: DESCRIPTION,
  searchableAttributes: [eachOf(ATTRIBUTE_NAME)],
  attributes: [keysOf(ATTRIBUTE_NAME), valuesOf(ATTRIBUTE_VALUE)],
  attributeName: ATTRIBUTE_NAME,
  attributeValue: ATTRIBUTE_VALUE,
  certificateId: CERTIFICATE_ID,
  caCertificateId: CERTIFICATE_ID,
  certificateSigningRequest: [notShorterThan(1), notLongerThan(4096)],
  certificatePem: PEM,
  caCertificatePem: PEM,
  newStatus: CERTIFICATE_STATUS,
  status: CERTIFICATE_STATUS,
  thingPrincipalType: [oneOf('EXCLUSIVE_THING', 'NON_EXCLUSIVE_THING')],
  policyName: [notShorterThan(1), notLongerThan(128), matching(/^[\w+=,.@-]+$/)],
  policyDocument: [notLongerThan(404_600)],
  policyVersionId: [matching(/^[0-9]+$/)],
  roleAlias: [notShorterThan(1), notLongerThan(128), matching(/^[\w=,@-]+$/)],
  roleArn: ROLE_ARN,
  credentialDurationSeconds: [atLeast(900), atMost(43_200)],
  templateName: [notShorterThan(1), notLongerThan(36), matching(/^[0-9A-Za-z_-]+$/)],
  description: [notLongerThan(500), matching(/^[^\p{C}]*$/u)],
  templateBody: [notLongerThan(10_240)],
  provisioningRoleArn: ROLE_ARN,
  payloadVersion: [notShorterThan(10), notLongerThan(32), matching(/^[0-9-]+$/)],
  targetArn: [notLongerThan(2048)],
  type: [oneOf('FLEET_PROVISIONING', 'JITP')],
  endpointType: [notLongerThan(128)],
  maxResults: PAGE_SIZE,
  pageSize: PAGE_SIZE,
  marker: [notLongerThan(1024), matching(/^[A-Za-z0-9+/]+={0,2}$/)],
}

// functions, not constants: the table above is made of them
function inBrackets(rules: readonly Constraint[]): string {
  return `[${rules.map(({ says }) => says).join(', ')}]`
}

function allHold(rules: readonly Constraint[], values: readonly unknown[]): boolean {
  return values.every((value) => rules.every((rule) => rule.holds(value)))
}

function membersOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

function keysOf(rules: readonly Constraint[]): Constraint {
  return { holds: (map) => allHold(rules, Object.keys(membersOf(map))), says: `Map keys must satisfy constraint: ${inBrackets(rules)}` }
}

function valuesOf(rules: readonly Constraint[]): Constraint {
  return { holds: (map) => allHold(rules, Object.values(membersOf(map))), says: `Map value must satisfy constraint: ${inBrackets(rules)}` }
}

function eachOf(rules: readonly Constraint[]): Constraint {
  return { holds: (list) => allHold(rules, Array.isArray(list) ? list : []), says: `Member must satisfy constraint: ${inBrackets(rules)}` }
}
