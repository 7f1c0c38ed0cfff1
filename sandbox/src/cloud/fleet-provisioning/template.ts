// sandbox/src/cloud/fleet-provisioning/template.ts: reads a provisioning template and refuses what AWS's template language does not know.
import { invalidRequest } from '../iot-core/registry/errors.ts'
import { referencesIn } from './intrinsic-functions.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** A parameter that the device, or its hook, gives. Its only type is String. */
export interface TemplateParameter {
  readonly default?: string
}

export type OverrideSetting = 'DO_NOTHING' | 'REPLACE' | 'FAIL' | 'MERGE'

/** A resource before its functions are evaluated. */
export interface TemplateResource {
  readonly properties: JsonObject
  readonly overrides: Readonly<Record<string, OverrideSetting>>
}

export interface ProvisioningTemplate {
  readonly parameters: Readonly<Record<string, TemplateParameter>>
  /** Map, key, name: for Fn::FindInMap. */
  readonly mappings: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>
  /** With their logical names. */
  readonly thing: (TemplateResource & { readonly name: string }) | undefined
  readonly certificate: (TemplateResource & { readonly name: string }) | undefined
  readonly policies: readonly (TemplateResource & { readonly name: string })[]
  readonly deviceConfiguration: JsonObject
}

/** Fleet provisioning knows the certificate by its id; RegisterThing and bulk registration also take a request or a certificate. */
export type TemplateUse = 'fleet' | 'registration'

/** Developer guide, «Provisioning templates». @throws AwsError InvalidRequestException */
export function readTemplate(body: string, use: TemplateUse): ProvisioningTemplate {
  const template = objectOf(parse(body), 'the template')
  onlyHas(template, ['Parameters', 'Mappings', 'Resources', 'DeviceConfiguration'], 'the template')
  const resources = readResources(objectOf(template['Resources'] ?? {}, 'Resources'), use)
  const parameters = readParameters(objectOf(template['Parameters'] ?? {}, 'Parameters'))
  const deviceConfiguration = objectOf(template['DeviceConfiguration'] ?? {}, 'DeviceConfiguration')
  checkReferences([template['Resources'], deviceConfiguration], parameters)
  return { parameters, mappings: readMappings(objectOf(template['Mappings'] ?? {}, 'Mappings')), ...resources, deviceConfiguration }
}

/** Values that AWS IoT itself supplies; no device can set them. */
export const isPseudoParameter = (name: string) => name.startsWith('AWS::')

/** Names below `AWS::IoT::Certificate::`, by the attribute of the certificate's subject that they stand for. */
export const CERTIFICATE_PARAMETERS: Readonly<Record<string, string>> = {
  Country: 'Country',
  Organization: 'Organization',
  OrganizationalUnit: 'OrganizationalUnit',
  DistinguishedNameQualifier: 'DistinguishedNameQualifier',
  StateName: 'State',
  CommonName: 'CommonName',
  SerialNumber: 'SerialNumber',
}

const PROPERTIES = {
  'AWS::IoT::Thing': ['ThingName', 'AttributePayload', 'ThingTypeName', 'ThingGroups'],
  'AWS::IoT::Certificate': ['CertificateId', 'CertificateSigningRequest', 'CertificatePem', 'CACertificatePem', 'Status', 'ThingPrincipalType'],
  'AWS::IoT::Policy': ['PolicyName', 'PolicyDocument'],
} as const
type ResourceType = keyof typeof PROPERTIES

const SETTINGS: Readonly<Record<ResourceType, Readonly<Record<string, readonly OverrideSetting[]>>>> = {
  'AWS::IoT::Thing': {
    AttributePayload: ['DO_NOTHING', 'REPLACE', 'FAIL', 'MERGE'],
    ThingTypeName: ['DO_NOTHING', 'REPLACE', 'FAIL'],
    ThingGroups: ['DO_NOTHING', 'REPLACE', 'FAIL', 'MERGE'],
  },
  'AWS::IoT::Certificate': { Status: ['DO_NOTHING', 'REPLACE', 'FAIL'] },
  'AWS::IoT::Policy': {},
}

function readResources(resources: JsonObject, use: TemplateUse): Pick<ProvisioningTemplate, 'thing' | 'certificate' | 'policies'> {
  const read = Object.entries(resources).map(([name, resource]) => ({ name, ...readResource(name, objectOf(resource, name)) }))
  const ofType = (type: ResourceType) => read.filter((resource) => resource.type === type)
  const [things, certificates, policies] = [ofType('AWS::IoT::Thing'), ofType('AWS::IoT::Certificate'), ofType('AWS::IoT::Policy')]
  if (read.length === 0) throw invalidTemplate('it has no Resources')
  if (things.length > 1 || certificates.length > 1) throw invalidTemplate('it can have one thing and one certificate')
  if (certificates[0]) checkCertificate(certificates[0].properties, use)
  for (const { name, properties } of policies)
    if (('PolicyName' in properties) === ('PolicyDocument' in properties)) throw invalidTemplate(`${name} must have either PolicyName or PolicyDocument`)
  if (things[0] && !('ThingName' in things[0].properties)) throw invalidTemplate(`${things[0].name} must have a ThingName`)
  if (use === 'fleet' && !certificates[0]) throw invalidTemplate('a fleet provisioning template must have a certificate')
  return { thing: things[0], certificate: certificates[0], policies }
}

function readResource(name: string, resource: JsonObject): TemplateResource & { readonly type: ResourceType } {
  onlyHas(resource, ['Type', 'Properties', 'OverrideSettings'], name)
  const type = Object.keys(PROPERTIES).find((known) => known === resource['Type']) as ResourceType | undefined // one of these very keys
  if (!type) throw invalidTemplate(`${name} has the type ${JSON.stringify(resource['Type'])}, which is none of ${Object.keys(PROPERTIES).join(', ')}`)
  const properties = objectOf(resource['Properties'] ?? {}, `Properties of ${name}`)
  onlyHas(properties, PROPERTIES[type], `Properties of ${name}`)
  return { type, properties, overrides: readOverrides(name, type, objectOf(resource['OverrideSettings'] ?? {}, `OverrideSettings of ${name}`)) }
}

function readOverrides(name: string, type: ResourceType, settings: JsonObject): Record<string, OverrideSetting> {
  const known = SETTINGS[type]
  onlyHas(settings, Object.keys(known), `OverrideSettings of ${name}`)
  return Object.fromEntries(
    Object.entries(settings).map(([property, value]) => {
      const setting = known[property]?.find((possible) => possible === value)
      if (!setting) throw invalidTemplate(`OverrideSettings of ${name}: ${property} cannot be ${JSON.stringify(value)}`)
      return [property, setting]
    }),
  )
}

/** «When you declare a certificate in a template, use only one of these methods.» */
function checkCertificate(properties: JsonObject, use: TemplateUse): void {
  const ways = ['CertificateId', 'CertificateSigningRequest', 'CertificatePem'].filter((way) => way in properties)
  if (ways.length !== 1) throw invalidTemplate('a certificate is given by one of CertificateId, CertificateSigningRequest and CertificatePem')
  if (use === 'fleet' && ways[0] !== 'CertificateId') throw invalidTemplate('only a CertificateId can be used with a fleet provisioning template')
}

function readParameters(parameters: JsonObject): Record<string, TemplateParameter> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      const parameter = objectOf(value, `the parameter ${name}`)
      onlyHas(parameter, ['Type', 'Default'], `the parameter ${name}`)
      if (parameter['Type'] !== 'String') throw invalidTemplate(`the parameter ${name} must have the type String`)
      const byDefault = parameter['Default']
      if (byDefault !== undefined && typeof byDefault !== 'string') throw invalidTemplate(`the default of the parameter ${name} must be a string`)
      return [name, byDefault === undefined ? {} : { default: byDefault }]
    }),
  )
}

/** «You cannot include parameters, pseudo parameters, or call intrinsic functions in the Mappings section.» */
function readMappings(mappings: JsonObject): Record<string, Record<string, JsonObject>> {
  if (referencesIn(mappings).length > 0) throw invalidTemplate('Mappings cannot refer to parameters')
  return Object.fromEntries(
    Object.entries(mappings).map(([map, keys]) => [map, Object.fromEntries(Object.entries(objectOf(keys, map)).map(([key, values]) => [key, objectOf(values, `${map}.${key}`)]))]),
  )
}

function checkReferences(parts: readonly (Json | undefined)[], parameters: Readonly<Record<string, TemplateParameter>>): void {
  const unknown = parts.flatMap((part) => referencesIn(part ?? null)).filter((name) => !Object.hasOwn(parameters, name) && !isKnownPseudo(name))
  if (unknown.length > 0) throw invalidTemplate(`it refers to ${[...new Set(unknown)].join(', ')}, which Parameters does not declare`)
}

function isKnownPseudo(name: string): boolean {
  const end = name.replace(/^AWS::IoT::Certificate::/, '')
  return end !== name && (end === 'Id' || Object.hasOwn(CERTIFICATE_PARAMETERS, end))
}

function parse(body: string): Json {
  try {
    return JSON.parse(body) as Json // what JSON.parse gives is Json
  } catch (cause) {
    throw invalidRequest('The template body is not valid: it is no JSON.', cause)
  }
}

function objectOf(value: Json, what: string): JsonObject {
  if (!isJsonObject(value)) throw invalidTemplate(`${what} must be an object`)
  return value
}

function onlyHas(object: JsonObject, names: readonly string[], where: string): void {
  const unknown = Object.keys(object).filter((name) => !names.includes(name))
  if (unknown.length > 0) throw invalidTemplate(`${where} cannot have ${unknown.join(', ')}`)
}

const invalidTemplate = (why: string) => invalidRequest(`The template body is not valid: ${why}.`)
