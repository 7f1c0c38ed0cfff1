// sandbox/src/cloud/cloud-control/types.ts: the resource types that this cloud offers; a further one is a file and a line.
import type { AnyResourceType } from './resource-type.ts'
import { distribution } from './types/cloudfront-distribution.ts'
import { originAccessControl } from './types/cloudfront-origin-access-control.ts'
import { responseHeadersPolicy } from './types/cloudfront-response-headers-policy.ts'
import { alarm } from './types/cloudwatch-alarm.ts'
import { dashboard } from './types/cloudwatch-dashboard.ts'
import { table } from './types/dynamodb-table.ts'
import { identityPool } from './types/cognito-identity-pool.ts'
import { identityPoolPrincipalTag } from './types/cognito-principal-tag.ts'
import { identityPoolRoleAttachment } from './types/cognito-role-attachment.ts'
import { userPool } from './types/cognito-user-pool.ts'
import { userPoolClient } from './types/cognito-user-pool-client.ts'
import { userPoolGroup } from './types/cognito-user-pool-group.ts'
import { repository } from './types/ecr-repository.ts'
import { deliveryStream } from './types/firehose-delivery-stream.ts'
import { componentVersion } from './types/greengrass-component-version.ts'
import { deployment } from './types/greengrass-deployment.ts'
import { managedPolicy } from './types/iam-managed-policy.ts'
import { role } from './types/iam-role.ts'
import { rolePolicy } from './types/iam-role-policy.ts'
import { accountAuditConfiguration } from './types/iot-account-audit-configuration.ts'
import { logging } from './types/iot-logging.ts'
import { iotPolicy } from './types/iot-policy.ts'
import { provisioningTemplate } from './types/iot-provisioning-template.ts'
import { roleAlias } from './types/iot-role-alias.ts'
import { scheduledAudit } from './types/iot-scheduled-audit.ts'
import { thing } from './types/iot-thing.ts'
import { thingGroup } from './types/iot-thing-group.ts'
import { thingType } from './types/iot-thing-type.ts'
import { topicRule } from './types/iot-topic-rule.ts'
import { lambdaFunction } from './types/lambda-function.ts'
import { permission } from './types/lambda-permission.ts'
import { logGroup } from './types/logs-log-group.ts'
import { bucket } from './types/s3-bucket.ts'
import { bucketPolicy } from './types/s3-bucket-policy.ts'
import { subscription } from './types/sns-subscription.ts'
import { topic } from './types/sns-topic.ts'
import { topicInlinePolicy, topicPolicy } from './types/sns-topic-policy.ts'
import { queue, queueInlinePolicy } from './types/sqs-queue.ts'

export const RESOURCE_TYPES: readonly AnyResourceType[] = [
  ...[thing, thingGroup, thingType, iotPolicy, provisioningTemplate, roleAlias, topicRule, logging, accountAuditConfiguration, scheduledAudit],
  ...[role, rolePolicy, managedPolicy],
  ...[lambdaFunction, permission],
  ...[bucket, bucketPolicy],
  ...[repository, logGroup],
  ...[table, deliveryStream],
  ...[topic, subscription, topicPolicy, topicInlinePolicy, queue, queueInlinePolicy, alarm, dashboard],
  ...[componentVersion, deployment],
  ...[distribution, originAccessControl, responseHeadersPolicy],
  ...[userPool, userPoolClient, userPoolGroup, identityPool, identityPoolPrincipalTag, identityPoolRoleAttachment],
]
