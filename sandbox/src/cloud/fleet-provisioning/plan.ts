// sandbox/src/cloud/fleet-provisioning/plan.ts: decides what a template creates for one device.
import { createHash } from 'node:crypto'
import type { ThingPrincipalType } from '@aws-sdk/client-iot'
import { evaluated, TemplateFault, type Scope } from './intrinsic-functions.ts'
import { isJsonObject, ownMember, type Json, type JsonObject } from './json.ts'
import { CERTIFICATE_PARAMETERS, isPseudoParameter, type OverrideSetting, type ProvisioningTemplate } from './template.ts'

export interface PlannedThing {
  readonly thingName: string
  readonly attributes: Readonly<Record<string, string>>
  readonly thingTypeName: string | undefined
  readonly groups: readonly string[]
  /** What to do where the thing is there and differs. */
  readonly onAttributes: OverrideSetting
  readonly onType: OverrideSetting
  readonly onGroups: OverrideSetting
}

export interface PlannedCertificate {
  readonly source: { readonly kind: 'id' | 'request' | 'pem'; readonly value: string }
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly thingPrincipalType: ThingPrincipalType
  readonly onStatus: OverrideSetting
}

/** `document` is undefined for a policy that must be there already. */
export interface PlannedPolicy {
  readonly name: string
  readonly document: string | undefined
}

/** Logical names are those of the template's resources. */
export interface ProvisioningPlan {
  readonly thing: (PlannedThing & { readonly logicalName: string }) | undefined
  readonly certificate: (PlannedCertificate & { readonly logicalName: string }) | undefined
  readonly policies: readonly (PlannedPolicy & { readonly logicalName: string })[]
  readonly deviceConfiguration: Readonly<Record<string, string>>
}

export interface PlanInput {
  /** What the device, or its hook, gave. */
  readonly parameters: Readonly<Record<string, string>>
  /** The certificate that the device owns, with the attributes of its subject; none when the template brings one. */
  readonly certificate?: { readonly certificateId: string; readonly subject: Readonly<Record<string, string>> }
}

/** @throws TemplateFault when these parameters are not what the template needs */
export function planProvisioning(template: ProvisioningTemplate, input: PlanInput): ProvisioningPlan {
  const scope = scopeOf(template, input)
  const properties = (resource: { readonly properties: JsonObject }) => evaluated(resource.properties, scope) as JsonObject // an object stays one
  const { thing, certificate, policies, deviceConfiguration } = template
  return {
    thing: thing && { logicalName: thing.name, ...plannedThing(properties(thing), thing.overrides) },
    certificate: certificate && { logicalName: certificate.name, ...plannedCertificate(properties(certificate), certificate.overrides) },
    policies: policies.map((policy) => ({ logicalName: policy.name, ...plannedPolicy(properties(policy)) })),
    deviceConfiguration: strings(evaluated(deviceConfiguration, scope), 'DeviceConfiguration'),
  }
}

/** What AWS IoT supplies is taken from the certificate; a device that gives a parameter of such a name is not heard. */
function scopeOf({ parameters, mappings }: ProvisioningTemplate, { parameters: given, certificate }: PlanInput): Scope {
  const supplied = (name: string) => {
    const end = name.replace(/^AWS::IoT::Certificate::/, '')
    return end === 'Id' ? certificate?.certificateId : ownMember(certificate?.subject ?? {}, ownMember(CERTIFICATE_PARAMETERS, end) ?? '')
  }
  return { mappings, value: (name) => (isPseudoParameter(name) ? supplied(name) : ownMember(given, name)) ?? ownMember(parameters, name)?.default }
}

function plannedThing(properties: JsonObject, overrides: Readonly<Record<string, OverrideSetting>>): PlannedThing {
  const { ThingName = null, AttributePayload = {}, ThingTypeName, ThingGroups = [] } = properties
  return {
    thingName: string(ThingName, 'ThingName'),
    attributes: strings(AttributePayload, 'AttributePayload'),
    thingTypeName: ThingTypeName === undefined ? undefined : string(ThingTypeName, 'ThingTypeName'),
    groups: [ThingGroups].flat().map((group) => string(group, 'ThingGroups')),
    // without a setting a difference is an error; membership in more groups is none
    onAttributes: overrides['AttributePayload'] ?? 'FAIL',
    onType: overrides['ThingTypeName'] ?? 'FAIL',
    onGroups: overrides['ThingGroups'] ?? 'MERGE',
  }
}

function plannedCertificate(properties: JsonObject, overrides: Readonly<Record<string, OverrideSetting>>): PlannedCertificate {
  const { CertificateId, CertificateSigningRequest, CertificatePem, Status = 'ACTIVE', ThingPrincipalType = 'NON_EXCLUSIVE_THING' } = properties
  const [kind, value] =
    CertificateId !== undefined ? (['id', CertificateId] as const) : CertificateSigningRequest !== undefined ? (['request', CertificateSigningRequest] as const) : (['pem', CertificatePem ?? null] as const)
  const status = string(Status, 'Status').toUpperCase()
  if (status !== 'ACTIVE' && status !== 'INACTIVE') throw new TemplateFault(`The Status of a certificate can be ACTIVE or INACTIVE, not ${status}`)
  if (ThingPrincipalType !== 'EXCLUSIVE_THING' && ThingPrincipalType !== 'NON_EXCLUSIVE_THING') throw new TemplateFault('ThingPrincipalType can be EXCLUSIVE_THING or NON_EXCLUSIVE_THING')
  return { source: { kind, value: string(value, 'certificate') }, status, thingPrincipalType: ThingPrincipalType, onStatus: overrides['Status'] ?? 'DO_NOTHING' }
}

/** «PolicyName: … Defaults to a hash of the policy document.» */
function plannedPolicy({ PolicyName, PolicyDocument }: JsonObject): PlannedPolicy {
  if (PolicyName !== undefined) return { name: string(PolicyName, 'PolicyName'), document: undefined }
  const document = typeof PolicyDocument === 'string' ? PolicyDocument : JSON.stringify(PolicyDocument)
  return { name: createHash('sha256').update(document).digest('hex'), document }
}

function string(value: Json, what: string): string {
  if (typeof value !== 'string' || value === '') throw new TemplateFault(`${what} must be a string`)
  return value
}

/** Values of names: numbers and truth values are written out. */
function strings(value: Json, what: string): Record<string, string> {
  if (!isJsonObject(value)) throw new TemplateFault(`${what} must be an object`)
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (typeof inner === 'object') throw new TemplateFault(`${what}.${name} must be a string`)
      return [name, String(inner)]
    }),
  )
}
