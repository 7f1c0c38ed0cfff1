// sandbox/src/cloud/lambda/dead-letters.ts: where the events of asynchronous invocations go that were given up: a function's dead-letter queue or topic.
import type { CloudLog } from '../log.ts'
import type { QueueSink, RoleSessions, Sent, TopicPublisher } from '../ports.ts'

export interface DeadLetter {
  readonly functionName: string
  readonly targetArn: string
  readonly roleArn: string
  readonly requestId: string
  /** JSON text. */
  readonly event: string
  /** HTTP status of the last attempt: 200 when the function ran and failed. */
  readonly errorCode: number
  readonly errorMessage: string
}

export interface DeadLetters {
  /** Why the function's role cannot send there; undefined when it can. */
  refusal(targetArn: string, roleArn: string): string | undefined
  send(letter: DeadLetter): void
}

export interface DeadLetterOptions {
  readonly roles: Pick<RoleSessions, 'permits'>
  readonly queues: QueueSink
  /** Asked for when it is needed: topics call functions, too. */
  readonly topics: () => TopicPublisher
  readonly log: CloudLog
}

/** Lambda developer guide, «Adding a dead-letter queue»: the first kilobyte of the message. */
const LONGEST_MESSAGE = 1024

export function deadLetters({ roles, queues, topics, log }: DeadLetterOptions): DeadLetters {
  const deliver = ({ targetArn, requestId, event, errorCode, errorMessage, functionName }: DeadLetter): Sent => {
    if (serviceOf(targetArn) === 'sns') return topics().publish({ topicArn: targetArn, message: event })
    const attributes = {
      RequestID: { DataType: 'String', StringValue: requestId },
      ErrorCode: { DataType: 'Number', StringValue: String(errorCode) },
      ErrorMessage: { DataType: 'String', StringValue: errorMessage.slice(0, LONGEST_MESSAGE) || 'unknown' },
    }
    return queues.send({ queueArn: targetArn, body: event, attributes, senderId: functionName })
  }
  return {
    refusal(targetArn, roleArn) {
      const service = serviceOf(targetArn)
      if (service === undefined) return 'The target of a dead-letter configuration must be an SQS queue or an SNS topic.'
      const [action, label] = service === 'sqs' ? ['sqs:SendMessage', 'SendMessage on SQS'] : ['sns:Publish', 'Publish on SNS']
      return roles.permits(roleArn, action, targetArn) ? undefined : `The provided execution role does not have permissions to call ${label}`
    },
    send(letter) {
      const refusal = this.refusal(letter.targetArn, letter.roleArn)
      const sent: Sent = refusal === undefined ? deliver(letter) : { kind: 'refused', why: refusal }
      if (sent.kind === 'refused') log.error('dead letter lost', { functionName: letter.functionName, requestId: letter.requestId, targetArn: letter.targetArn, why: sent.why })
    },
  }
}

function serviceOf(targetArn: string): 'sqs' | 'sns' | undefined {
  const service = targetArn.split(':')[2]
  return service === 'sqs' || service === 'sns' ? service : undefined
}
