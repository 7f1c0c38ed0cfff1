// sandbox/src/cloud/sns/message.ts: a published message, and how functions and queues get it.
import type { MessageAttributeValue } from '@aws-sdk/client-sns'
import { invalidParameter, type Protocol } from './topic-records.ts'

export interface SnsMessage {
  readonly messageId: string
  readonly topicArn: string
  /** By protocol, where the publisher gave a text of its own for it. */
  readonly texts: Readonly<Partial<Record<Protocol, string>>> & { readonly default: string }
  readonly subject: string | undefined
  readonly at: Date
  readonly attributes: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>
}

/** SNS API reference, Publish: 256 KiB with the attributes. */
export const MOST_BYTES = 262_144

export interface Published {
  readonly Message?: string | undefined
  readonly Subject?: string | undefined
  readonly MessageStructure?: string | undefined
  readonly MessageAttributes?: Readonly<Record<string, MessageAttributeValue>> | undefined
}

/** @throws AwsError InvalidParameter */
export function readMessage({ Message = '', Subject, MessageStructure, MessageAttributes = {} }: Published): Pick<SnsMessage, 'texts' | 'subject' | 'attributes'> {
  if (Message === '') throw invalidParameter('Empty message')
  if (Buffer.byteLength(Message) > MOST_BYTES) throw invalidParameter('Message too long')
  if (Subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(Subject)) throw invalidParameter('Subject')
  const attributes = Object.entries(MessageAttributes).map(([name, value]) => [name, attributeOf(name, value)] as const)
  return { texts: textsOf(Message, MessageStructure), subject: Subject, attributes: Object.fromEntries(attributes) }
}

const PROTOCOLS: readonly Protocol[] = ['email', 'email-json', 'lambda', 'sqs']

function textsOf(message: string, structure: string | undefined): SnsMessage['texts'] {
  if (structure === undefined) return { default: message }
  if (structure !== 'json') throw invalidParameter('MessageStructure')
  const texts = jsonObject(message)
  const { default: usual, ...others } = texts
  if (typeof usual !== 'string') throw invalidParameter('Message Structure - No default entry in JSON message body')
  const own = PROTOCOLS.flatMap((protocol) => (typeof others[protocol] === 'string' ? [[protocol, others[protocol]] as const] : []))
  return { default: usual, ...Object.fromEntries(own) }
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // said below
  }
  throw invalidParameter('Message Structure - JSON message body failed to parse')
}

function attributeOf(name: string, { DataType = '', StringValue, BinaryValue }: MessageAttributeValue) {
  if (!/^(String|String\.Array|Number|Binary)$/.test(DataType)) throw invalidParameter('MessageAttributes', `The message attribute '${name}' has an invalid message attribute type.`)
  const Value = DataType === 'Binary' ? Buffer.from(BinaryValue ?? []).toString('base64') : (StringValue ?? '')
  if (Value === '') throw invalidParameter('MessageAttributes', `The message attribute '${name}' must contain a non-empty value.`)
  return { Type: DataType, Value }
}

/** The sandbox signs no messages: only subscribers by HTTP check signatures, and it has none. */
const SIGNATURE = { SignatureVersion: '1', Signature: '' }

/** Lambda developer guide, «Using Lambda with Amazon SNS». */
export const lambdaEvent = (message: SnsMessage, subscriptionArn: string) => ({
  Records: [
    {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: subscriptionArn,
      Sns: {
        Type: 'Notification',
        MessageId: message.messageId,
        TopicArn: message.topicArn,
        Subject: message.subject ?? null,
        Message: message.texts.lambda ?? message.texts.default,
        Timestamp: message.at.toISOString(),
        ...SIGNATURE,
        SigningCertUrl: '',
        UnsubscribeUrl: '',
        MessageAttributes: message.attributes,
      },
    },
  ],
})

/** SNS developer guide, «Parsing message formats»: what a queue gets without raw message delivery, and an address that asked for JSON. */
export const notification = (message: SnsMessage, protocol: 'email-json' | 'sqs' = 'sqs') => ({
  Type: 'Notification',
  MessageId: message.messageId,
  TopicArn: message.topicArn,
  ...(message.subject === undefined ? {} : { Subject: message.subject }),
  Message: message.texts[protocol] ?? message.texts.default,
  Timestamp: message.at.toISOString(),
  ...SIGNATURE,
  SigningCertURL: '',
  UnsubscribeURL: '',
  ...(Object.keys(message.attributes).length > 0 ? { MessageAttributes: message.attributes } : {}),
})
