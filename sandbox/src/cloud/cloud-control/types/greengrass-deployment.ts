// sandbox/src/cloud/cloud-control/types/greengrass-deployment.ts: AWS::GreengrassV2::Deployment: never changed, only superseded.
import type { CreateDeploymentCommandInput } from '@aws-sdk/client-greengrassv2'
import { z } from 'zod'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { lower, renamed, upper } from './letter-case.ts'
import { asList, tagChange, TagMap } from './tags.ts'

const seconds = z.number().int().min(1)
const count = z.number().int().min(1)
const Deployment = z.strictObject({
  TargetArn: z.string().regex(/^arn:[^:]*:iot:[^:]*:[0-9]*:(thing|thinggroup)\/.+$/),
  ParentTargetArn: z
    .string()
    .regex(/^arn:[^:]*:iot:[^:]*:[0-9]+:thinggroup\/.+$/)
    .optional(),
  DeploymentName: z.string().min(1).max(256).optional(),
  Components: z
    .record(
      z.string(),
      z.strictObject({
        ComponentVersion: z.string().min(1).max(64).optional(),
        ConfigurationUpdate: z.strictObject({ Merge: z.string().min(1).max(10_485_760).optional(), Reset: z.array(z.string().max(256)).optional() }).optional(),
        RunWith: z
          .strictObject({
            PosixUser: z.string().min(1).optional(),
            WindowsUser: z.string().min(1).optional(),
            SystemResourceLimits: z.strictObject({ Cpus: z.number().min(0).optional(), Memory: z.number().int().min(0).optional() }).optional(),
          })
          .optional(),
      }),
    )
    .optional(),
  DeploymentPolicies: z
    .strictObject({
      FailureHandlingPolicy: z.enum(['ROLLBACK', 'DO_NOTHING']).optional(),
      ComponentUpdatePolicy: z.strictObject({ TimeoutInSeconds: seconds.optional(), Action: z.enum(['NOTIFY_COMPONENTS', 'SKIP_NOTIFY_COMPONENTS']).optional() }).optional(),
      ConfigurationValidationPolicy: z.strictObject({ TimeoutInSeconds: seconds.optional() }).optional(),
    })
    .optional(),
  IotJobConfiguration: z
    .strictObject({
      JobExecutionsRolloutConfig: z
        .strictObject({
          MaximumPerMinute: count.max(1000).optional(),
          ExponentialRate: z
            .strictObject({
              BaseRatePerMinute: count.max(1000),
              IncrementFactor: z.number().min(1).max(5),
              RateIncreaseCriteria: z.union([z.strictObject({ NumberOfNotifiedThings: count }), z.strictObject({ NumberOfSucceededThings: count })]),
            })
            .optional(),
        })
        .optional(),
      AbortConfig: z
        .strictObject({
          CriteriaList: z
            .array(
              z.strictObject({
                FailureType: z.enum(['FAILED', 'REJECTED', 'TIMED_OUT', 'ALL']),
                Action: z.literal('CANCEL'),
                ThresholdPercentage: z.number().min(0).max(100),
                MinNumberOfExecutedThings: count,
              }),
            )
            .min(1),
        })
        .optional(),
      TimeoutConfig: z.strictObject({ InProgressTimeoutInMinutes: z.number().int().min(0).optional() }).optional(),
    })
    .optional(),
  Tags: TagMap.optional(),
  DeploymentId: z.string().optional(),
})
type Deployment = z.infer<typeof Deployment>

export const deployment = resourceType<Deployment>({
  typeName: 'AWS::GreengrassV2::Deployment',
  schema: Deployment,
  identifier: ['DeploymentId'],
  createOnly: ['TargetArn', 'ParentTargetArn', 'DeploymentName', 'Components', 'IotJobConfiguration', 'DeploymentPolicies'],
  readOnly: ['DeploymentId'],
  writeOnly: [],
  async create({ Components = {}, Tags, ...model }, { greengrass }) {
    const components = Object.fromEntries(Object.entries(Components).map(([name, component]) => [name, renamed(component, lower)]))
    const { deploymentId = '' } = await greengrass.CreateDeployment({
      ...(renamed(model, lower) as CreateDeploymentCommandInput),
      components: components as CreateDeploymentCommandInput['components'],
      tags: Tags,
    }) // the API's names with a small letter
    return [deploymentId]
  },
  read: async ([deploymentId], handling) => describe(deploymentId, handling),
  async update([deploymentId], { before, after }, { greengrass, account }) {
    const resourceArn = `arn:aws:greengrass:${account.region}:${account.accountId}:deployments:${deploymentId ?? ''}`
    const { set, remove } = tagChange(asList(before.Tags), asList(after.Tags))
    if (set.length > 0) await greengrass.TagResource({ resourceArn, tags: Object.fromEntries(set.map(({ Key, Value }) => [Key, Value])) })
    if (remove.length > 0) await greengrass.UntagResource({ resourceArn, tagKeys: remove })
  },
  async delete([deploymentId], { greengrass }) {
    const { deploymentStatus } = await greengrass.GetDeployment({ deploymentId })
    if (deploymentStatus === 'ACTIVE') await greengrass.CancelDeployment({ deploymentId })
    await greengrass.DeleteDeployment({ deploymentId })
  },
  async list({ greengrass }) {
    const deployments = await allPages(async (nextToken) => {
      const { deployments, nextToken: next } = await greengrass.ListDeployments({ historyFilter: 'LATEST_ONLY', nextToken })
      return { items: deployments, next }
    })
    return deployments.map(({ deploymentId = '' }) => [deploymentId])
  },
})

async function describe(deploymentId: string | undefined, { greengrass }: Handling): Promise<Deployment> {
  const { targetArn = '', deploymentName, components = {}, deploymentPolicies, iotJobConfiguration = {}, tags = {} } = await greengrass.GetDeployment({ deploymentId })
  const shown = {
    DeploymentId: deploymentId,
    TargetArn: targetArn,
    DeploymentName: deploymentName,
    Components: Object.fromEntries(Object.entries(components).map(([name, component]) => [name, renamed(component, upper)])),
    DeploymentPolicies: renamed(deploymentPolicies, upper),
    ...(Object.keys(iotJobConfiguration).length > 0 ? { IotJobConfiguration: renamed(iotJobConfiguration, upper) } : {}),
    ...(Object.keys(tags).length > 0 ? { Tags: tags } : {}),
  }
  return shown as Deployment // the API's names with a capital letter
}
