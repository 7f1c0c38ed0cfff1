// sandbox/src/cloud/iot-core/registry/grants.test.ts: what a role session must be allowed, for what it asks.
import { expect, test } from 'vitest'
import { provisioningInMemory } from '../../fleet-provisioning/testing.ts'
import { grantsOf } from './grants.ts'
import { ACCOUNT } from './testing.ts'

const cloud = provisioningInMemory()
const grants = grantsOf({ ...cloud.operations, ...cloud.provisioning.operations })
const prefix = 'arn:aws:iot:eu-central-1:000000000000:'

test.each<[string, Record<string, unknown>, string, string[]]>([
  ['CreateThing', { thingName: 'a' }, 'iot:CreateThing', ['thing/a']],
  ['AddThingToThingGroup', { thingName: 'a', thingGroupName: 'g' }, 'iot:AddThingToThingGroup', ['thinggroup/g', 'thing/a']],
  ['AddThingToThingGroup', { thingArn: `${prefix}thing/a`, thingGroupArn: `${prefix}thinggroup/g` }, 'iot:AddThingToThingGroup', ['thinggroup/g', 'thing/a']],
  ['AttachPolicy', { policyName: 'p', target: `${prefix}cert/c` }, 'iot:AttachPolicy', ['cert/c']],
  ['ListThingPrincipalsV2', { thingName: 'a' }, 'iot:ListThingPrincipals', ['thing/a']],
  ['CreateProvisioningClaim', { templateName: 't' }, 'iot:CreateProvisioningClaim', ['provisioningtemplate/t']],
  ['CreateThingGroup', { thingGroupName: 'child', parentGroupName: 'parent' }, 'iot:CreateThingGroup', ['thinggroup/child', 'thinggroup/parent']],
])('%s of %j', (operation, input, action, resources) => {
  expect(grants[operation]!(input, ACCOUNT)).toEqual({ action, resources: resources.map((resource) => prefix + resource) })
})

test('a grant is given for operations that are offered, and only for those', () => {
  expect(Object.keys(grantsOf({ CreateThing: true, ListThings: true }))).toEqual(['CreateThing'])
})
