// sandbox/src/cloud/sqs/sqs.ts: Amazon SQS: standard queues, mostly as dead-letter queues of functions and topics.
import { type Account, arn } from '../account.ts'
import type { Clock } from '../clock.ts'
import { resourcePolicies } from '../iam/resource-policy.ts'
import type { QueueSink } from '../ports.ts'
import type { Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import { openMailbox } from './mailbox.ts'
import { messageOperations } from './message-operations.ts'
import { queueOperations } from './queue-operations.ts'
import { queuesIn } from './queue-records.ts'

export interface Sqs {
  readonly service: Service
  readonly sink: QueueSink
}

export function openSqs({ account, store, clock }: { readonly account: Account; readonly store: Store; readonly clock: Clock }): Sqs {
  const queues = queuesIn(store, account)
  const mailbox = openMailbox({ store, clock, queues })
  const policies = resourcePolicies((queueArn) => queues.byArn(queueArn)?.attributes['Policy'])
  const operations = { ...queueOperations({ account, clock, queues }), ...messageOperations({ queues, mailbox }) }
  return {
    service: { model: 'sqs', operations, grants: grantsOf(Object.keys(operations)), resourcePolicy: policies.decide },
    sink: {
      send({ queueArn, body, attributes = {}, caller, senderId }) {
        const queue = queues.byArn(queueArn)
        if (!queue) return { kind: 'refused', why: `there is no queue ${queueArn}` }
        if (caller && !policies.lets(caller, 'sqs:SendMessage', queueArn)) return { kind: 'refused', why: `the policy of ${queueArn} does not let ${caller.service} send for ${caller.sourceArn}` }
        const { messageId } = mailbox.put(queue, { body, attributes, senderId })
        return { kind: 'accepted', messageId }
      },
    },
  }
}

/** IAM has no batch actions: they are the single ones (service authorization reference, «Amazon SQS»). */
const grantsOf = (names: readonly string[]): NonNullable<Service['grants']> =>
  Object.fromEntries(names.map((name) => [name, (input: { readonly QueueUrl?: string; readonly QueueName?: string }, account: Account) => ({ action: `sqs:${name.replace(/Batch$/, '')}`, resources: [resourceOf(input, account)] })]))

function resourceOf({ QueueUrl, QueueName }: { readonly QueueUrl?: string; readonly QueueName?: string }, account: Account): string {
  const name = QueueName ?? QueueUrl?.split(/[/:]/).at(-1)
  return name === undefined ? '*' : arn('sqs', account, name)
}
