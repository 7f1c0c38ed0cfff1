// sandbox/src/cloud/greengrass/grants.test.ts: what a role session needs beside the Greengrass action itself.
import { CreateComponentVersionCommand, CreateDeploymentCommand, GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { expect, test } from 'vitest'
import { SESSION_KEY } from '../wire/testing.ts'
import { greengrassBench, groupArn } from './testing.ts'

const allow = (...actions: string[]) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] })

test.each<[string, readonly string[], string | undefined]>([
  ['with all that it needs', ['greengrass:CreateDeployment', 'iot:DescribeThingGroup', 'iot:CreateJob', 'iot:CancelJob'], undefined],
  ['without jobs', ['greengrass:*', 'iot:DescribeThingGroup'], 'iot:CreateJob'],
  ['without Greengrass', ['iot:*'], 'greengrass:CreateDeployment'],
])('a deployment by a role %s', async (_case, actions, lacking) => {
  const bench = await greengrassBench({ rolePolicies: [allow(...actions)] })
  const sent = new GreengrassV2Client(bench.settings(SESSION_KEY)).send(new CreateDeploymentCommand({ targetArn: groupArn(), components: {} }))
  if (lacking === undefined) expect((await sent).deploymentId).toEqual(expect.any(String))
  else await expect(sent).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining(lacking) })
})

test.each<[string, string]>([
  ['fleet.led', 'made'],
  ['other.led', 'AccessDeniedException'],
])('a component %s by a role that may make those of the fleet: %s', async (name, expected) => {
  const statement = { Effect: 'Allow', Action: 'greengrass:CreateComponentVersion', Resource: 'arn:aws:greengrass:*:*:components:fleet.*' }
  const bench = await greengrassBench({ rolePolicies: [JSON.stringify({ Version: '2012-10-17', Statement: [statement] })] })
  const inlineRecipe = Buffer.from(JSON.stringify({ RecipeFormatVersion: '2020-01-25', ComponentName: name, ComponentVersion: '1.0.0', Manifests: [{ Lifecycle: {} }] }))
  const sent = new GreengrassV2Client(bench.settings(SESSION_KEY)).send(new CreateComponentVersionCommand({ inlineRecipe }))
  expect(await sent.then(() => 'made', (error: unknown) => (error as Error).name)).toBe(expected)
})
