// infra/src/oversight/metrics.ts: what is counted of a fleet: by AWS for each service, and by our functions and rules.
import { fleetNames } from '@fleet/contract/names'
import type { StageIdentity } from '@fleet/contract/names'
import type { Counter } from '../counted.ts'
import type { Metric } from './alarm.ts'

/** Of the whole account: AWS IoT tells protocols apart, not fleets (AWS IoT guide, «AWS IoT metrics and dimensions», message broker). */
export const brokerMetric = (metricName: 'Connect.AuthError' | 'Connect.ClientError' | 'Connect.Success' | 'PublishIn.Success'): Metric => ({ namespace: 'AWS/IoT', metricName, dimensions: [{ name: 'Protocol', value: 'MQTT' }] })

/** Lambda guide, «Types of metrics for Lambda functions». */
export const functionMetric = (functionName: string, metricName: 'Errors' | 'Invocations' | 'Throttles'): Metric => ({ namespace: 'AWS/Lambda', metricName, dimensions: [{ name: 'FunctionName', value: functionName }] })

/** SQS guide, «Available CloudWatch metrics for Amazon SQS». */
export const queueMetric = (queueName: string, metricName: 'ApproximateNumberOfMessagesVisible'): Metric => ({ namespace: 'AWS/SQS', metricName, dimensions: [{ name: 'QueueName', value: queueName }] })

/** AWS IoT guide, «Rule metrics» and «Rule action metrics». */
export const ruleMetric = (ruleName: string, metricName: 'Failure' | 'TopicMatch'): Metric => ({ namespace: 'AWS/IoT', metricName, dimensions: metricName === 'TopicMatch' ? [{ name: 'RuleName', value: ruleName }] : [{ name: 'RuleName', value: ruleName }, { name: 'ActionType', value: 'CloudwatchLogs' }] })

export const ownMetric = (stage: StageIdentity, metricName: Counter): Metric => ({ namespace: fleetNames(stage).metrics, metricName })
