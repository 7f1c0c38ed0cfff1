// sandbox/src/cloud/cloud-control/types/greengrass-component-version.ts: AWS::GreengrassV2::ComponentVersion.
import { z } from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { asList, tagChange, TagMap } from './tags.ts'

const ComponentVersion = z.strictObject({
  InlineRecipe: z.string().optional(),
  /** Said by Greengrass itself not to be offered. */
  LambdaFunction: z.record(z.string(), z.unknown()).optional(),
  Tags: TagMap.optional(),
  Arn: z.string().optional(),
  ComponentName: z.string().optional(),
  ComponentVersion: z.string().optional(),
})

export const componentVersion = resourceType<z.infer<typeof ComponentVersion>>({
  typeName: 'AWS::GreengrassV2::ComponentVersion',
  schema: ComponentVersion,
  identifier: ['Arn'],
  createOnly: ['LambdaFunction', 'InlineRecipe'],
  readOnly: ['Arn', 'ComponentName', 'ComponentVersion'],
  writeOnly: ['LambdaFunction', 'InlineRecipe'],
  async create({ InlineRecipe, LambdaFunction, Tags }, { greengrass }) {
    const { arn = '' } = await greengrass.CreateComponentVersion({
      ...(InlineRecipe === undefined ? {} : { inlineRecipe: Buffer.from(InlineRecipe) }),
      ...(LambdaFunction ? { lambdaFunction: { lambdaArn: '' } } : {}),
      tags: Tags,
    })
    return [arn]
  },
  async read([arn], { greengrass }) {
    const { componentName, componentVersion: version, tags = {} } = await greengrass.DescribeComponent({ arn })
    return { Arn: arn, ComponentName: componentName, ComponentVersion: version, ...(Object.keys(tags).length > 0 ? { Tags: tags } : {}) }
  },
  async update([resourceArn], { before, after }, { greengrass }) {
    const { set, remove } = tagChange(asList(before.Tags), asList(after.Tags))
    if (set.length > 0) await greengrass.TagResource({ resourceArn, tags: Object.fromEntries(set.map(({ Key, Value }) => [Key, Value])) })
    if (remove.length > 0) await greengrass.UntagResource({ resourceArn, tagKeys: remove })
  },
  async delete([arn], { greengrass }) {
    await greengrass.DeleteComponent({ arn })
  },
  async list({ greengrass }) {
    const components = await allPages(async (nextToken) => {
      const { components, nextToken: next } = await greengrass.ListComponents({ nextToken })
      return { items: components, next }
    })
    const versions = await Promise.all(
      components.map(async ({ arn }) =>
        allPages(async (nextToken) => {
          const { componentVersions, nextToken: next } = await greengrass.ListComponentVersions({ arn, nextToken })
          return { items: componentVersions, next }
        }),
      ),
    )
    return versions.flat().map(({ arn = '' }) => [arn])
  },
})
