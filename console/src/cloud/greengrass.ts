// console/src/cloud/greengrass.ts: Greengrass's client, made once.
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { onePerCloud } from './one-per-cloud.ts'

export const greengrassOf = onePerCloud(({ config }) => new GreengrassV2Client(config))
