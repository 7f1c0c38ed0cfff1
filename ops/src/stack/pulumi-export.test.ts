// ops/src/stack/pulumi-export.test.ts: which resources a stack has, by what the Pulumi CLI exports.
import { expect, test } from 'vitest'
import { resourcesIn } from './pulumi-export.ts'

const URN = 'urn:pulumi:dev::fleetwright::fleet:provisioning-store:ProvisioningStore$aws-native:s3:Bucket::store-bucket'

test('what is in the cloud, with its id and whether it is protected; neither components nor providers', () => {
  const resources = [
    { urn: 'urn:pulumi:dev::fleetwright::pulumi:pulumi:Stack::fleetwright-dev', type: 'pulumi:pulumi:Stack', custom: false },
    { urn: 'urn:pulumi:dev::fleetwright::pulumi:providers:aws-native::native', type: 'pulumi:providers:aws-native', custom: true, id: 'x' },
    { urn: URN, type: 'aws-native:s3:Bucket', custom: true, id: 'fleet-dev-bucket', protect: true, inputs: {} },
  ]
  expect(resourcesIn(JSON.stringify({ version: 3, deployment: { manifest: {}, resources } }))).toEqual([{ urn: URN, type: 'aws-native:s3:Bucket', id: 'fleet-dev-bucket', name: 'store-bucket', isProtected: true }])
})

test('a stack that was never brought up has none', () => {
  expect(resourcesIn('{"version":3,"deployment":{"manifest":{}}}')).toEqual([])
})

test.each(['', 'no stack', '{}'])('«%s» is no stack', (output) => {
  expect(() => resourcesIn(output)).toThrow('printed something else than a stack')
})
