// sandbox/src/cloud/fleet-provisioning/template.test.ts: the template language: what is refused when a template is stored, and what it comes to.
import { expect, test } from 'vitest'
import { errorOf } from '../iot-core/registry/testing.ts'
import { planProvisioning, type PlanInput } from './plan.ts'
import { readTemplate } from './template.ts'
import { TEMPLATE } from './testing.ts'

const { Parameters, Resources } = TEMPLATE
const withThing = (properties: object, more: object = {}) => ({ ...TEMPLATE, Resources: { ...Resources, thing: { Type: 'AWS::IoT::Thing', Properties: properties, ...more } } })
const withCertificate = (properties: object, more: object = {}) => ({ ...TEMPLATE, Resources: { ...Resources, certificate: { Type: 'AWS::IoT::Certificate', Properties: properties, ...more } } })

test.each<[string, unknown, RegExp]>([
  ['no JSON', 'Resources:', /no JSON/],
  ['a list', [], /the template must be an object/],
  ['an unknown section', { ...TEMPLATE, Outputs: {} }, /the template cannot have Outputs/],
  ['no resources', { Parameters }, /no Resources/],
  ['an unknown type', { Resources: { x: { Type: 'AWS::IoT::TopicRule' } } }, /which is none of/],
  ['an unknown property', withThing({ ThingName: 'a', Color: 'red' }), /Properties of thing cannot have Color/],
  ['a billing group, which the sandbox does not have', withThing({ ThingName: 'a', BillingGroup: 'b' }), /cannot have BillingGroup/],
  ['a thing without a name', withThing({}), /must have a ThingName/],
  ['two things', { ...TEMPLATE, Resources: { ...Resources, other: Resources.thing } }, /one thing and one certificate/],
  ['no certificate', { Parameters, Resources: { thing: Resources.thing } }, /must have a certificate/],
  ['a certificate by request', withCertificate({ CertificateSigningRequest: { Ref: 'SerialNumber' } }), /only a CertificateId/],
  ['a certificate in two ways', withCertificate({ CertificateId: 'a', CertificatePem: 'b' }), /one of CertificateId/],
  ['a policy by name and document', { ...TEMPLATE, Resources: { ...Resources, policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'a', PolicyDocument: '{}' } } } }, /either PolicyName or PolicyDocument/],
  ['a parameter of another type', { ...TEMPLATE, Parameters: { ...Parameters, n: { Type: 'Number' } } }, /must have the type String/],
  ['a reference to nothing', withThing({ ThingName: { Ref: 'Nothing' } }), /refers to Nothing/],
  ['a reference to nothing inside a text', withThing({ ThingName: { 'Fn::Sub': 'a-${Nothing}' } }), /refers to Nothing/],
  ['a reference to what AWS does not supply', withThing({ ThingName: { Ref: 'AWS::IoT::Certificate::Nothing' } }), /refers to AWS::IoT::Certificate::Nothing/],
  ['an override of nothing', withThing({ ThingName: 'a' }, { OverrideSettings: { Color: 'REPLACE' } }), /OverrideSettings of thing cannot have Color/],
  ['an override that a type cannot have', withThing({ ThingName: 'a' }, { OverrideSettings: { ThingTypeName: 'MERGE' } }), /ThingTypeName cannot be "MERGE"/],
  ['mappings that refer', { ...TEMPLATE, Mappings: { a: { b: { c: { Ref: 'SerialNumber' } } } } }, /Mappings cannot refer/],
])('a template with %s is refused', async (_case, template, why) => {
  const error = await errorOf(() => readTemplate(typeof template === 'string' ? template : JSON.stringify(template), 'fleet'))
  expect(error.code).toBe('InvalidRequestException')
  expect(error.message).toMatch(why)
})

const OWNED = { certificateId: 'c'.repeat(64), subject: { CommonName: 'cn-of-certificate', State: 'Berlin' } }

function plan(template: object, parameters: PlanInput['parameters'] = { SerialNumber: 'sn1' }) {
  return planProvisioning(readTemplate(JSON.stringify(template), 'fleet'), { parameters, certificate: OWNED })
}

test('the fleet’s own template comes to a thing, its certificate and a policy', () => {
  expect(plan(TEMPLATE)).toEqual({
    thing: { logicalName: 'thing', thingName: 'sn1', attributes: { made: '2026' }, thingTypeName: undefined, groups: ['fleet'], onAttributes: 'FAIL', onType: 'FAIL', onGroups: 'MERGE' },
    certificate: { logicalName: 'certificate', source: { kind: 'id', value: OWNED.certificateId }, status: 'ACTIVE', thingPrincipalType: 'EXCLUSIVE_THING', onStatus: 'DO_NOTHING' },
    policies: [{ logicalName: 'policy', name: 'device', document: undefined }],
    deviceConfiguration: { greeting: 'hello sn1' },
  })
})

test.each<[string, unknown, string]>([
  ['Ref', { Ref: 'SerialNumber' }, 'sn1'],
  ['Ref to a default', { Ref: 'Place' }, 'attic'],
  ['Ref to the certificate’s common name', { Ref: 'AWS::IoT::Certificate::CommonName' }, 'cn-of-certificate'],
  ['Ref to the certificate’s state', { Ref: 'AWS::IoT::Certificate::StateName' }, 'Berlin'],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'SerialNumber' }, 'b']] }, 'a-sn1-b'],
  ['Fn::Join with nothing between', { 'Fn::Join': ['', ['a', 'b']] }, 'ab'],
  ['Fn::Select of Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'x/y/z'] }] }, 'y'],
  ['Fn::Select by a text', { 'Fn::Select': ['0', ['first', 'second']] }, 'first'],
  ['Fn::Sub', { 'Fn::Sub': '${Place}:${SerialNumber}' }, 'attic:sn1'],
  ['Fn::Sub with values of its own', { 'Fn::Sub': ['${x}-${SerialNumber}', { x: { Ref: 'Place' } }] }, 'attic-sn1'],
  ['Fn::Sub with what is no variable', { 'Fn::Sub': '${!SerialNumber}' }, '${SerialNumber}'],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Places', { Ref: 'Place' }, 'url'] }, 'https://attic.example'],
])('%s is evaluated', (_case, expression, expected) => {
  const template = {
    ...TEMPLATE,
    Parameters: { ...Parameters, Place: { Type: 'String', Default: 'attic' } },
    Mappings: { Places: { attic: { url: 'https://attic.example' } } },
    DeviceConfiguration: { value: expression },
  }
  expect(plan(template).deviceConfiguration).toEqual({ value: expected })
})

test.each<[string, unknown, RegExp]>([
  ['an element that is not there', { 'Fn::Select': [5, ['a']] }, /no element 5/],
  ['a map that is not there', { 'Fn::FindInMap': ['constructor', 'name', 'x'] }, /no constructor.name.x/],
  ['a join of what is no list', { 'Fn::Join': ['', 'ab'] }, /takes a list/],
  ['a nested object', { deep: { er: 'x' } }, /must be a string/],
])('%s is a fault of the parameters, told as such', (_case, expression, why) => {
  expect(() => plan({ ...TEMPLATE, DeviceConfiguration: { value: expression } })).toThrow(why)
})

test('a parameter without value or default is a fault', () => {
  expect(() => plan(TEMPLATE, {})).toThrow('The parameter SerialNumber has no value')
  expect(() => plan(TEMPLATE, { toString: 'x' })).toThrow('The parameter SerialNumber has no value')
})

test('a policy document gets the name of its hash; statuses are read in any case', () => {
  const document = { Version: '2012-10-17', Statement: [] }
  const policies = plan({ ...TEMPLATE, Resources: { ...Resources, policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: document } } } }).policies
  expect(policies).toEqual([{ logicalName: 'policy', name: expect.stringMatching(/^[0-9a-f]{64}$/), document: JSON.stringify(document) }])
  const certificate = { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' } }
  expect(plan(withCertificate({ ...certificate, Status: 'inactive' })).certificate).toMatchObject({ status: 'INACTIVE', thingPrincipalType: 'NON_EXCLUSIVE_THING' })
  expect(() => plan(withCertificate({ ...certificate, Status: 'REVOKED' }))).toThrow('ACTIVE or INACTIVE')
})
