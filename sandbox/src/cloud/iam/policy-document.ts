// sandbox/src/cloud/iam/policy-document.ts: reads a policy document (JSON text) and refuses what AWS's grammar refuses.

/** A document that AWS would not store; services answer with their own code for it (MalformedPolicyDocument, MalformedPolicyException …). */
export class PolicyMalformed extends Error {
  override readonly name = 'PolicyMalformed'
}

/** `identity` (also IoT policies): no principal. `resource`: principal and resource. `trust`: principal, and no resource. */
export type PolicyKind = 'identity' | 'resource' | 'trust'

export interface Statement {
  readonly sid: string | undefined
  readonly effect: 'Allow' | 'Deny'
  readonly action: Listed
  /** Absent in a trust policy: the resource is the role itself. */
  readonly resource: Listed | undefined
  readonly principal: (Listed & { readonly byType: PrincipalsByType }) | undefined
  readonly conditions: readonly ConditionEntry[]
}

/** `negated` for NotAction, NotResource, NotPrincipal. */
export interface Listed {
  readonly negated: boolean
  readonly values: readonly string[]
}

/** `{"AWS": [...], "Service": [...], "Federated": [...]}`; `"*"` alone becomes `{"*": ["*"]}`. */
export type PrincipalsByType = Readonly<Record<string, readonly string[]>>

export interface ConditionEntry {
  readonly operator: string
  readonly key: string
  readonly values: readonly string[]
}

export interface PolicyDocument {
  /** Variables are only substituted in documents of version 2012-10-17 (IAM guide, «Policy elements: Version»). */
  readonly hasVariables: boolean
  readonly statements: readonly Statement[]
}

/** @throws PolicyMalformed */
export function readPolicyDocument(json: string, kind: PolicyKind): PolicyDocument {
  const document = jsonObject(json)
  refuseUnknown(document, ['Version', 'Id', 'Statement'], 'the policy')
  const version = document['Version'] ?? '2008-10-17'
  if (version !== '2012-10-17' && version !== '2008-10-17') throw new PolicyMalformed(`The policy must contain a valid version string, not ${JSON.stringify(version)}`)
  const statements = listOf(document['Statement'])
  if (statements.length === 0) throw new PolicyMalformed('The policy must contain at least one statement')
  return { hasVariables: version === '2012-10-17', statements: statements.map((statement, index) => readStatement(statement, kind, index)) }
}

const ELEMENTS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'NotPrincipal', 'Condition']

function readStatement(raw: unknown, kind: PolicyKind, index: number): Statement {
  const at = `statement ${index + 1}`
  if (!isRecord(raw)) throw new PolicyMalformed(`${at} is not an object`)
  refuseUnknown(raw, ELEMENTS, at)
  const effect = raw['Effect']
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyMalformed(`The Effect of ${at} must be Allow or Deny`)
  const action = listed(raw, 'Action', at)
  if (!action) throw new PolicyMalformed(`${at} must contain actions`)
  const sid = raw['Sid']
  if (sid !== undefined && typeof sid !== 'string') throw new PolicyMalformed(`The Sid of ${at} must be a string`)
  return { sid, effect, action, resource: readResource(raw, kind, at), principal: readPrincipal(raw, kind, at), conditions: readConditions(raw['Condition'], at) }
}

function readResource(raw: Record<string, unknown>, kind: PolicyKind, at: string): Listed | undefined {
  const resource = listed(raw, 'Resource', at)
  if (kind === 'trust' && resource) throw new PolicyMalformed(`Has prohibited field Resource (${at})`)
  if (kind !== 'trust' && !resource) throw new PolicyMalformed(`${at} must contain resources`)
  return resource
}

function readPrincipal(raw: Record<string, unknown>, kind: PolicyKind, at: string): Statement['principal'] {
  const negated = 'NotPrincipal' in raw
  if (negated && 'Principal' in raw) throw new PolicyMalformed(`${at} has both Principal and NotPrincipal`)
  const value = raw[negated ? 'NotPrincipal' : 'Principal']
  if (kind === 'identity') {
    if (value !== undefined) throw new PolicyMalformed(`Policy document should not specify a principal (${at})`)
    return undefined
  }
  if (value === '*') return { negated, values: ['*'], byType: { '*': ['*'] } }
  if (!isRecord(value) || Object.keys(value).length === 0) throw new PolicyMalformed(`Missing required field Principal (${at})`)
  const byType = Object.fromEntries(Object.entries(value).map(([type, names]) => [type, strings(names, `Principal of ${at}`)]))
  return { negated, values: Object.values(byType).flat(), byType }
}

function readConditions(raw: unknown, at: string): ConditionEntry[] {
  if (raw === undefined) return []
  if (!isRecord(raw)) throw new PolicyMalformed(`The Condition of ${at} is not an object`)
  return Object.entries(raw).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) throw new PolicyMalformed(`The Condition ${operator} of ${at} is not an object`)
    return Object.entries(keys).map(([key, values]) => ({ operator, key, values: scalars(values, `Condition ${operator} of ${at}`) }))
  })
}

function listed(raw: Record<string, unknown>, element: 'Action' | 'Resource', at: string): Listed | undefined {
  const not = `Not${element}`
  if (element in raw && not in raw) throw new PolicyMalformed(`${at} has both ${element} and ${not}`)
  const negated = not in raw
  const value = raw[negated ? not : element]
  return value === undefined ? undefined : { negated, values: strings(value, `${element} of ${at}`) }
}

function strings(value: unknown, what: string): string[] {
  const list = listOf(value)
  const found = list.filter((item) => typeof item === 'string' && item !== '') as string[] // the filter has just proved it
  if (list.length === 0 || found.length !== list.length) throw new PolicyMalformed(`${what} must be a string or a list of strings`)
  return found
}

/** Condition values may be written as strings, numbers or booleans. */
function scalars(value: unknown, what: string): string[] {
  return listOf(value).map((item) => {
    if (typeof item === 'string') return item
    if (typeof item === 'number' || typeof item === 'boolean') return String(item)
    throw new PolicyMalformed(`${what} must have strings, numbers or booleans`)
  })
}

function jsonObject(json: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new PolicyMalformed('This policy contains invalid Json', { cause })
  }
  if (!isRecord(value)) throw new PolicyMalformed('This policy is not a JSON object')
  return value
}

function refuseUnknown(raw: Record<string, unknown>, known: readonly string[], where: string): void {
  const unknown = Object.keys(raw).find((key) => !known.includes(key))
  if (unknown !== undefined) throw new PolicyMalformed(`Syntax errors in policy: unknown element ${unknown} in ${where}`)
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
