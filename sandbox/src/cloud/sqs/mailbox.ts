// sandbox/src/cloud/sqs/mailbox.ts: what lies in the queues: put in, received and hidden, deleted, moved to a dead-letter queue.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { invalidParameter } from './message-attributes.ts'
import { redriveOf } from './queue-operations.ts'
import { type KeptAttribute, messageKey, messagesOf, type MessageRecord, type QueueRecord, type Queues, secondsOf } from './queue-records.ts'

export interface NewMessage {
  readonly body: string
  readonly attributes: Readonly<Record<string, KeptAttribute>>
  readonly senderId: string
  readonly delaySeconds?: number
}

export interface Received extends MessageRecord {
  readonly handle: string
}

export interface Mailbox {
  /** @throws AwsError InvalidParameterValue for a message that is too large or empty */
  put(queue: QueueRecord, message: NewMessage): MessageRecord
  receive(queueName: string, request: { readonly most: number; readonly hiddenSeconds: number; readonly waitSeconds: number }): Promise<readonly Received[]>
  /** Does nothing for a message that is gone. @throws AwsError ReceiptHandleIsInvalid */
  readonly delete: (queueName: string, handle: string | undefined) => void
  /** @throws AwsError ReceiptHandleIsInvalid */
  hide(queueName: string, handle: string | undefined, seconds: number): void
}

const POLL_MS = 100

export function openMailbox({ store, clock, queues }: { readonly store: Store; readonly clock: Clock; readonly queues: Queues }): Mailbox {
  const { messages } = queues
  let lastNumber = 0
  const nextKey = (name: string, now: Date) => messageKey(name, (lastNumber = Math.max(lastNumber + 1, now.getTime() * 1000)))
  const isThere = (queue: QueueRecord, { sentAt }: MessageRecord) => clock.now().getTime() - sentAt.getTime() < secondsOf(queue, 'MessageRetentionPeriod') * 1000
  const take = (queueName: string, most: number, hiddenSeconds: number): Received[] => {
    const queue = queues.records.get(queueName)
    if (!queue) return []
    const [now, taken] = [clock.now(), [] as Received[]]
    for (const [key, message] of messagesOf(queues, queueName)) {
      if (taken.length === most) break
      if (!isThere(queue, message)) messages.delete(key)
      else if (message.visibleAt <= now && !redriven(queue, key, message)) taken.push(received(key, message, hiddenSeconds))
    }
    return taken
  }
  /** SQS developer guide, «Using dead-letter queues»: moved when it was received more often than the policy says; its age goes on. */
  const redriven = (queue: QueueRecord, key: string, message: MessageRecord): boolean => {
    const redrive = redriveOf(queue)
    const target = redrive && queues.byArn(redrive.deadLetterTargetArn)
    if (!target || message.receives < redrive.maxReceiveCount) return false
    messages.delete(key)
    messages.put(nextKey(target.name, clock.now()), message)
    return true
  }
  const received = (key: string, message: MessageRecord, hiddenSeconds: number): Received => {
    const now = clock.now()
    const receipt = randomUUID()
    const changed = { ...message, receipt, receives: message.receives + 1, firstReceivedAt: message.firstReceivedAt ?? now, visibleAt: new Date(now.getTime() + hiddenSeconds * 1000) }
    messages.put(key, changed)
    return { ...changed, handle: Buffer.from(JSON.stringify([key, receipt])).toString('base64url') }
  }
  return {
    put(queue, { body, attributes, senderId, delaySeconds = secondsOf(queue, 'DelaySeconds') }) {
      const most = secondsOf(queue, 'MaximumMessageSize')
      if (body === '') throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.', { status: 400 })
      if (Buffer.byteLength(body) > most) throw invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`)
      const now = clock.now()
      const message = { messageId: randomUUID(), body, attributes, senderId, sentAt: now, visibleAt: new Date(now.getTime() + delaySeconds * 1000), receives: 0 }
      messages.put(nextKey(queue.name, now), message)
      return message
    },
    async receive(queueName, { most, hiddenSeconds, waitSeconds }) {
      const until = performance.now() + waitSeconds * 1000
      for (;;) {
        const taken = store.transaction(() => take(queueName, most, hiddenSeconds))
        if (taken.length > 0 || performance.now() >= until) return taken
        await sleep(POLL_MS, undefined, { ref: false })
      }
    },
    delete(queueName, handle) {
      messages.delete(keyOf(queueName, handle)) // an older receipt of it deletes it, too
    },
    hide(queueName, handle, seconds) {
      const key = keyOf(queueName, handle)
      const message = messages.get(key)
      if (message) messages.put(key, { ...message, visibleAt: new Date(clock.now().getTime() + seconds * 1000) })
    },
  }
}

function keyOf(queueName: string, handle = ''): string {
  const [key] = read(handle)
  if (typeof key !== 'string' || !key.startsWith(messageKey(queueName, 0).slice(0, queueName.length + 1))) throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`, { status: 400 })
  return key
}

function read(handle: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(handle, 'base64url').toString('utf8'))
    return Array.isArray(value) ? value : []
  } catch {
    return [] // no handle of ours
  }
}
