// sandbox/src/cloud/iot-core/rules/compiled-rule.ts: one rule, ready to run; what its actions could not do goes to its error action and to the log.
import { AwsError } from '../../aws-error.ts'
import type { CloudLog } from '../../log.ts'
import type { IotLog } from '../iot-log.ts'
import type { ActionServices } from './action-services.ts'
import { compileAction } from './actions.ts'
import { ActionFailed, type RuleAction } from './rule-action.ts'
import { NOT_MET, ruleQuery, type RuleQuery } from './rule-query.ts'
import { ruleArn, type RuleRecord } from './rule-record.ts'
import type { Scope } from './sql-compile.ts'
import type { SqlValue } from './sql-values.ts'

export interface CompiledRule {
  readonly ruleName: string
  readonly isDisabled: boolean
  readonly query: RuleQuery
  readonly actions: readonly RuleAction[]
  readonly errorAction: RuleAction | undefined
}

/** @throws AwsError SqlParseException, InvalidRequestException */
export function compileRule({ ruleName, sql, actions, errorAction, ruleDisabled }: RuleRecord, services: ActionServices): CompiledRule {
  const owner = { ruleName, ruleArn: ruleArn(services.account, ruleName) }
  return {
    ruleName,
    isDisabled: ruleDisabled,
    query: ruleQuery(sql),
    actions: actions.map((action) => compileAction(action, owner, services)),
    errorAction: errorAction && compileAction(errorAction, owner, services),
  }
}

export interface RunOptions {
  readonly scope: Scope
  /** The whole topic, with the prefix of basic ingest. */
  readonly receivedOn: string
  readonly log: CloudLog
  readonly iotLog: IotLog
}

/** Never throws: the publisher of the message is not to blame, and does not wait. */
export function runRule(rule: CompiledRule, options: RunOptions): void {
  const output = rule.query.run(options.scope)
  if (output === NOT_MET) return
  const attempts = rule.actions.map((action) => attempt(rule, action, output, options))
  const finish = (outcomes: readonly (Failure | undefined)[]) => {
    const failures = outcomes.flatMap((failure) => failure ?? [])
    if (failures.length > 0 && rule.errorAction) void attempt(rule, rule.errorAction, errorPayload(rule, failures, options), options)
  }
  const atOnce = attempts.flatMap((outcome) => (outcome === undefined || outcome instanceof Promise ? [] : [outcome]))
  const later = attempts.flatMap((outcome) => (outcome instanceof Promise ? [outcome] : []))
  if (later.length === 0) finish(atOnce)
  else void Promise.all(later).then((outcomes) => finish([...atOnce, ...outcomes]))
}

interface Failure {
  readonly failedAction: string
  readonly failedResource: string
  readonly errorMessage: string
}

/** At once where the action is done at once: what a rule does to a message is then done when its publisher is answered. Never rejects. */
function attempt(rule: CompiledRule, action: RuleAction, output: SqlValue, options: RunOptions): Failure | undefined | Promise<Failure | undefined> {
  try {
    return action.run(output, options.scope)?.then(
      () => undefined,
      (error: unknown) => failed(rule, action, error, options),
    )
  } catch (error) {
    return failed(rule, action, error, options)
  }
}

function failed({ ruleName }: CompiledRule, action: RuleAction, error: unknown, { scope, receivedOn, log, iotLog }: RunOptions): Failure {
  const errorMessage = error instanceof Error ? error.message : String(error)
  if (!(error instanceof ActionFailed || error instanceof AwsError)) log.error('an action of a topic rule failed unexpectedly', { ruleName, action: action.name, error })
  const { message } = scope
  const resources = action.resources(scope)
  iotLog.failure({
    ...{ eventType: 'RuleExecution', ruleName, ruleAction: action.name, resources, topicName: receivedOn, traceId: message.traceId },
    ...{ clientId: message.clientId ?? 'N/A', principalId: message.principal, reason: 'ActionFailure', details: errorMessage },
  })
  return { failedAction: action.name, failedResource: Object.values(resources)[0] ?? '', errorMessage }
}

/** AWS IoT guide, «Error action message format»: one message for all actions that failed. */
function errorPayload({ ruleName }: CompiledRule, failures: readonly Failure[], { scope: { message }, receivedOn }: RunOptions): SqlValue {
  return {
    ruleName,
    topic: receivedOn,
    cloudwatchTraceId: message.traceId,
    clientId: message.clientId ?? 'N/A',
    base64OriginalPayload: Buffer.from(message.payload).toString('base64'),
    failures: failures.map((failure) => ({ ...failure })),
  }
}
