// infra/src/tags.ts: every resource of a stage says so: for the bill, for access by tag, and for whoever finds it in the console.
import type { Stage } from '@fleet/contract/stage'
import type * as pulumi from '@pulumi/pulumi'

/** Also what to activate as cost allocation tags. */
export const stageTags = ({ stage }: Pick<Stage, 'stage'>) => ({ project: 'fleetwright', stage }) as const

/** Types without tags (CloudFormation's schemas); a test compares the lists with the SDK's declarations. */
const UNTAGGED = ['aws-native:cloudfront:OriginAccessControl', 'aws-native:cloudfront:ResponseHeadersPolicy', 'aws-native:cognito:IdentityPoolPrincipalTag', 'aws-native:cognito:IdentityPoolRoleAttachment', 'aws-native:cognito:UserPoolClient', 'aws-native:cognito:UserPoolGroup', 'aws-native:iot:AccountAuditConfiguration', 'aws-native:iot:Logging', 'aws-native:lambda:Permission', 'aws-native:s3:BucketPolicy', 'aws-native:sns:Subscription', 'aws-native:sns:TopicInlinePolicy']
/** Where they are not called `tags`. */
const NAMES: Readonly<Record<string, string>> = { 'aws-native:cognito:IdentityPool': 'identityPoolTags', 'aws-native:cognito:UserPool': 'userPoolTags' }
/** Greengrass and user pools have tags as a map, the others as a list. */
const TAGGED_BY_MAP = ['aws-native:cognito:UserPool', 'aws-native:greengrassv2:ComponentVersion', 'aws-native:greengrassv2:Deployment']

/** Given to a component, it holds for all that the component makes. Resources of @pulumi/aws are settings, which have none. */
export const tagging = (stage: Pick<Stage, 'stage'>): pulumi.ResourceTransformation => {
  const tags = stageTags(stage)
  const list = Object.entries(tags).map(([key, value]) => ({ key, value }))
  return ({ type, props, opts }) => {
    if (!type.startsWith('aws-native:') || UNTAGGED.includes(type)) return undefined
    return { props: { ...(props as object), [NAMES[type] ?? 'tags']: TAGGED_BY_MAP.includes(type) ? tags : list }, opts } // props are of any type there
  }
}
