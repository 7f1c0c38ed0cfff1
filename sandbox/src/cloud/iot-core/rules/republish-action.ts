// sandbox/src/cloud/iot-core/rules/republish-action.ts: publishes what a rule selected to another topic (AWS IoT guide, «Republish»).
import type { MqttHeaders, RepublishAction } from '@aws-sdk/client-iot'
import { arn } from '../../account.ts'
import { invalidRequest } from '../registry/errors.ts'
import type { ActionOwner, ActionServices } from './action-services.ts'
import type { RepublishedProperties } from './republish.ts'
import { payloadOf, type RuleAction } from './rule-action.ts'
import { template, type Template } from './rule-query.ts'
import type { Scope } from './sql-compile.ts'

export function republishAction({ topic = '', qos = 0, roleArn = '', headers }: RepublishAction, { ruleArn }: ActionOwner, { account, roles, republish }: ActionServices): RuleAction {
  if (qos !== 0 && qos !== 1) throw invalidRequest('The qos of a republish action is 0 or 1.')
  const target = template(topic)
  const properties = headers ? compileHeaders(headers) : () => ({})
  /** `$$aws/…` is the reserved topic `$aws/…`. */
  const topicFor = (scope: Scope) => target(scope).replace(/^\$\$/, () => '$')
  return {
    name: 'RepublishAction',
    resources: (scope) => ({ RepublishTopic: topicFor(scope) }),
    run(output, scope) {
      const to = topicFor(scope)
      roles.require(roleArn, { ruleArn, actions: ['iot:Publish'], resource: arn('iot', account, `topic/${to}`) })
      republish({ topic: to, payload: Buffer.from(payloadOf(output)), qos, properties: properties(scope) }, ruleArn)
    },
  }
}

function compileHeaders({ payloadFormatIndicator, contentType, responseTopic, correlationData, messageExpiry, userProperties = [] }: MqttHeaders): (scope: Scope) => RepublishedProperties {
  const optional = (text: string | undefined): ((scope: Scope) => string | undefined) => (text === undefined ? () => undefined : template(text))
  const [format, type, response, correlation, expiry] = [payloadFormatIndicator, contentType, responseTopic, correlationData, messageExpiry].map(optional)
  const pairs = userProperties.map(({ key = '', value = '' }): readonly [Template, Template] => [template(key), template(value)])
  return (scope) => {
    const [formatValue, contentTypeValue, responseValue, correlationValue, expiryValue] = [format, type, response, correlation, expiry].map((part) => part?.(scope))
    return {
      ...(formatValue !== undefined && { payloadFormatIndicator: formatValue === 'UTF8_DATA' }),
      ...(contentTypeValue !== undefined && { contentType: contentTypeValue }),
      ...(responseValue !== undefined && { responseTopic: responseValue }),
      ...(correlationValue !== undefined && { correlationData: Buffer.from(correlationValue, 'base64') }),
      ...(expiryValue !== undefined && { messageExpiryInterval: Number(expiryValue) }),
      ...(pairs.length > 0 && { userProperties: Object.fromEntries(pairs.map(([key, value]) => [key(scope), value(scope)])) }),
    }
  }
}
