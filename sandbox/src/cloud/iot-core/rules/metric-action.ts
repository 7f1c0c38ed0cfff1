// sandbox/src/cloud/iot-core/rules/metric-action.ts: what a rule selected is counted in CloudWatch (AWS IoT guide, «CloudWatch metrics»).
import type { CloudwatchMetricAction } from '@aws-sdk/client-iot'
import type { ActionOwner, ActionServices } from './action-services.ts'
import { ActionFailed, type RuleAction } from './rule-action.ts'
import { template } from './rule-query.ts'

export function cloudwatchMetricAction({ metricNamespace = '', metricName = '', metricValue = '', metricUnit = '', metricTimestamp, roleArn = '' }: CloudwatchMetricAction, { ruleArn }: ActionOwner, { metrics, roles }: ActionServices): RuleAction {
  const [namespace, name, value, unit, seconds] = [metricNamespace, metricName, metricValue, metricUnit, metricTimestamp ?? ''].map(template) as [Template, Template, Template, Template, Template] // as many as there are
  return {
    name: 'CloudwatchMetricAction',
    resources: (scope) => ({ MetricNamespace: namespace(scope), MetricName: name(scope) }),
    run(_output, scope) {
      roles.require(roleArn, { ruleArn, actions: ['cloudwatch:PutMetricData'], resource: '*', context: { 'cloudwatch:namespace': namespace(scope) } })
      const amount = Number(value(scope))
      if (value(scope).trim() === '' || !Number.isFinite(amount)) throw new ActionFailed(`The value «${value(scope)}» of the metric is no number.`)
      const at = metricTimestamp === undefined ? undefined : new Date(Number(seconds(scope)) * 1000)
      metrics.count({ namespace: namespace(scope), name: name(scope), value: amount, unit: unit(scope), ...(at && { at }) })
    },
  }
}

type Template = ReturnType<typeof template>
