// sandbox/src/cloud/greengrass/grants.test.ts: what a role session needs beside the Greengrass action itself.
import { CreateDeploymentCommand, GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
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
