// sandbox/src/cloud/iot-core/rules/rule-action.ts: what an action of a rule is to the rule that runs it.
import type { Scope } from './sql-compile.ts'
import type { SqlValue } from './sql-values.ts'

export interface RuleAction {
  /** As logs and error actions name it: `RepublishAction`. */
  readonly name: string
  /** What it acts on for this message, by AWS's names: `{ RepublishTopic: 'a/b' }`. */
  resources(scope: Scope): Readonly<Record<string, string>>
  /** Done, or accepted for good, when it returns, or when that resolves. @throws ActionFailed, AwsError */
  run(output: SqlValue, scope: Scope): void | Promise<void>
}

/** The action could not be performed; the message is for the rule's owner. */
export class ActionFailed extends Error {
  override readonly name = 'ActionFailed'
}

/** What SELECT gave, as an action writes it. */
export function payloadOf(output: SqlValue): Uint8Array {
  if (output instanceof Uint8Array) return output
  return Buffer.from(output === undefined ? '' : JSON.stringify(output))
}
