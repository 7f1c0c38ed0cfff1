// sandbox/src/cloud/iot-core/rules/actions.ts: the actions that rules of this sandbox can have (AWS IoT guide, «AWS IoT rule actions»).
import type { Action, CloudwatchLogsAction, LambdaAction, S3Action } from '@aws-sdk/client-iot'
import { arn } from '../../account.ts'
import { decodeUtf8 } from '../json.ts'
import { invalidRequest } from '../registry/errors.ts'
import { cloudwatchMetricAction } from './metric-action.ts'
import { snsAction, sqsAction } from './messaging-actions.ts'
import { republishAction } from './republish-action.ts'
import type { ActionOwner, ActionServices } from './action-services.ts'
import { ActionFailed, payloadOf, type RuleAction } from './rule-action.ts'
import { template } from './rule-query.ts'
import { dynamoDbAction, dynamoDbV2Action, firehoseAction } from './storing-actions.ts'

type Compile<A> = (action: A, owner: ActionOwner, services: ActionServices) => RuleAction

const OFFERED: { readonly [K in keyof Action]?: Compile<NonNullable<Action[K]>> } = { lambda: lambdaAction, republish: republishAction, s3: s3Action, cloudwatchLogs: cloudwatchLogsAction, cloudwatchMetric: cloudwatchMetricAction, sns: snsAction, sqs: sqsAction, dynamoDB: dynamoDbAction, dynamoDBv2: dynamoDbV2Action, firehose: firehoseAction }

/** @throws AwsError InvalidRequestException for what is not offered, SqlParseException for a template that cannot be read */
export function compileAction(action: Action, owner: ActionOwner, services: ActionServices): RuleAction {
  const [[kind, settings] = ['', undefined], ...others] = Object.entries(action).filter(([, given]: [string, unknown]) => given !== undefined)
  if (settings === undefined || others.length > 0) throw invalidRequest('An action has exactly one kind.')
  const compile = Object.hasOwn(OFFERED, kind) ? (OFFERED[kind as keyof Action] as Compile<unknown>) : undefined // its own settings are what it is given
  if (!compile) throw invalidRequest(`This sandbox does not offer rule actions of the kind «${kind}»; it offers ${Object.keys(OFFERED).join(', ')}.`)
  return compile(settings, owner, services)
}

function lambdaAction({ functionArn = '' }: LambdaAction, { ruleArn }: ActionOwner, { functions }: ActionServices): RuleAction {
  const target = template(functionArn)
  return {
    name: 'LambdaAction',
    resources: (scope) => ({ FunctionArn: target(scope) }),
    run(output, scope) {
      if (output instanceof Uint8Array) throw new ActionFailed("A function takes JSON; encode(*, 'base64') makes text of other payloads.")
      const result = functions.invokeLater({ functionArn: target(scope), payload: output ?? null, caller: { service: 'iot.amazonaws.com', sourceArn: ruleArn } })
      if (result.kind === 'refused') throw new ActionFailed(`The function was not invoked: ${result.why}`)
    },
  }
}

function s3Action({ bucketName = '', key = '', roleArn = '', cannedAcl }: S3Action, { ruleArn }: ActionOwner, { objects, roles }: ActionServices): RuleAction {
  if (cannedAcl !== undefined && cannedAcl !== 'private') throw invalidRequest('This sandbox does not offer canned ACLs but private.')
  const [bucket, name] = [template(bucketName), template(key)]
  return {
    name: 'S3Action',
    resources: (scope) => ({ BucketName: bucket(scope), Key: name(scope) }),
    run(output, scope) {
      const [inBucket, at] = [bucket(scope), name(scope)]
      roles.require(roleArn, { ruleArn, actions: ['s3:PutObject'], resource: `arn:aws:s3:::${inBucket}/${at}` })
      objects.put(inBucket, at, payloadOf(output))
    },
  }
}

/** AWS names the streams; here they are named after the rule. */
function cloudwatchLogsAction({ logGroupName = '', roleArn = '', batchMode }: CloudwatchLogsAction, { ruleArn, ruleName }: ActionOwner, { account, logs, roles }: ActionServices): RuleAction {
  if (batchMode === true) throw invalidRequest('This sandbox does not offer batchMode of cloudwatchLogs actions.')
  const group = template(logGroupName)
  return {
    name: 'CloudwatchLogsAction',
    resources: (scope) => ({ LogGroupName: group(scope) }),
    run(output, scope) {
      const name = group(scope)
      const resource = arn('logs', account, `log-group:${name}:log-stream:${ruleName}`)
      roles.require(roleArn, { ruleArn, actions: ['logs:DescribeLogStreams', 'logs:CreateLogStream', 'logs:PutLogEvents'], resource })
      const payload = payloadOf(output)
      logs.append(name, ruleName, [decodeUtf8(payload) ?? Buffer.from(payload).toString('base64')])
    },
  }
}
