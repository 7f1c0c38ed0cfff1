// infra/src/rotation/rules-sql.ts: what the rules select: the message, and over its claims who sent it, as topic and connection say.
import { ROTATION_JOB_PREFIX } from '@fleet/contract/rotation-job'
import type { ThingTopic } from '@fleet/contract/topic'
import { rotation } from '@fleet/contract/topics'

/** Later columns win over members of the payload. */
const fromDevice = ({ thingLevel, ruleFilter }: ThingTopic) => `SELECT *, topic(${thingLevel}) AS thing, principal() AS principal, timestamp() AS receivedAt FROM '${ruleFilter}'`

export const rotationSql = {
  csr: fromDevice(rotation.csr),
  outcome: fromDevice(rotation.outcome),
  /** Goes back to the device that asks, with the certificate of its own connection: no function is needed for that. */
  prove: `SELECT jobId, principal() AS certificateId FROM '${rotation.prove.ruleFilter}'`,
  /** «Jobs events»: told once, when an execution has ended. */
  ended: `SELECT * FROM '$aws/events/jobExecution/+/+' WHERE startswith(jobId, '${ROTATION_JOB_PREFIX}') AND eventType = 'JOB_EXECUTION'`,
} as const

/** Topic of the answer to `prove`; `${…}` is a substitution template of the rule. */
export const provenTopic = rotation.proven.of(`\${topic(${rotation.prove.thingLevel})}`)
