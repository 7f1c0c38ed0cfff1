// infra/src/oversight/failed-deployments.ts: counts deployments that failed on a device: a component of it was BROKEN, or could not be fetched.
import { fleetNames } from '@fleet/contract/names'
import { ROTATION_JOB_PREFIX } from '@fleet/contract/rotation-job'
import type { Stage } from '@fleet/contract/stage'
import { TopicRule } from '@pulumi/aws-native/iot/topicRule.js'
import type * as pulumi from '@pulumi/pulumi'
import { arn } from '../arn.ts'
import { allow, trust } from '../policy-document.ts'
import { boundedRole } from '../role.ts'
import { fleetAlarm } from './alarm.ts'
import { ownMetric } from './metrics.ts'

/** A deployment of Greengrass is a job of AWS IoT, and its end on each device an event («Jobs events»); rotations have jobs and alarms of their own. */
export const failedDeploymentsSql = `SELECT * FROM '$aws/events/jobExecution/+/failed' WHERE NOT startswith(jobId, '${ROTATION_JOB_PREFIX}') AND eventType = 'JOB_EXECUTION'`

export function failedDeployments(name: string, stage: Stage, parent: pulumi.Resource): void {
  const { failedDeploymentsRule: ruleName, metrics } = fleetNames(stage)
  const counted = ownMetric(stage, 'DeploymentsFailed')
  const trusted = trust('iot.amazonaws.com', { StringEquals: { 'aws:SourceAccount': stage.accountId }, ArnLike: { 'aws:SourceArn': arn('iot', stage, `rule/${ruleName}`) } })
  const count = allow({ sid: 'Count', actions: ['cloudwatch:PutMetricData'], resources: ['*'], condition: { StringEquals: { 'cloudwatch:namespace': metrics } }, because: 'This action knows no resource, but a condition on the namespace (Service Authorization Reference, CloudWatch).' })
  const role = boundedRole(`${name}-role`, { stage, trusted, may: { count } }, parent)
  new TopicRule(
    `${name}-rule`,
    {
      ruleName,
      topicRulePayload: {
        description: 'Counts deployments that failed on a device.',
        awsIotSqlVersion: '2016-03-23',
        sql: failedDeploymentsSql,
        actions: [{ cloudwatchMetric: { metricNamespace: counted.namespace, metricName: counted.metricName, metricValue: '1', metricUnit: 'Count', roleArn: role.arn } }],
        ruleDisabled: false,
      },
    },
    { parent },
  )
  fleetAlarm(name, { stage, what: 'deployments-failed', metric: counted, means: 'A deployment failed on a device: a component was BROKEN and the device went back to the former release. `fleet status` and docs/runbooks/bad-release.md tell more.' }, parent)
}
