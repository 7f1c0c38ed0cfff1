// sandbox/src/cloud/sns/topic-records.ts: topics and subscriptions as they are kept, and the errors that all operations of SNS share.
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { keyOf, prefixOf, type Store, type Table } from '../store/store.ts'

export interface TopicRecord {
  readonly name: string
  /** Those that were set, as SNS spells them: `DisplayName`, `Policy` … */
  readonly attributes: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

export interface SubscriptionRecord {
  readonly topicName: string
  readonly id: string
  readonly protocol: Protocol
  readonly endpoint: string
  /** `RawMessageDelivery`, `RedrivePolicy` … */
  readonly attributes: Readonly<Record<string, string>>
  /** Only of one whose owner had to be asked: functions and queues of the account have none. */
  readonly confirmation?: { readonly token: string; readonly askedAt: string; readonly isConfirmed: boolean; readonly wasAuthenticated?: boolean | undefined } | undefined
}

export type Protocol = 'email' | 'email-json' | 'lambda' | 'sqs'

export interface Topics {
  readonly records: Table<TopicRecord>
  put(subscription: SubscriptionRecord): void
  remove(subscription: Pick<SubscriptionRecord, 'topicName' | 'id'>): void
  /** All subscriptions, in the order of their topics. */
  all(): readonly SubscriptionRecord[]
  /** @throws AwsError NotFound */
  at(topicArn: string | undefined): TopicRecord
  find(topicArn: string): TopicRecord | undefined
  /** @throws AwsError NotFound */
  subscription(subscriptionArn: string | undefined): SubscriptionRecord
  of(topicName: string): readonly SubscriptionRecord[]
}

export const topicArn = (account: Account, name: string) => arn('sns', account, name)
export const subscriptionArn = (account: Account, { topicName, id }: SubscriptionRecord) => arn('sns', account, `${topicName}:${id}`)

export const isPending = ({ confirmation }: SubscriptionRecord) => confirmation !== undefined && !confirmation.isConfirmed

/** SNS deletes what nobody has confirmed after two days (What's New, 2023-05-10). */
const MOST_PENDING_MS = 48 * 3600_000

export function topicsIn({ store, account, clock }: { readonly store: Store; readonly account: Account; readonly clock: Clock }): Topics {
  const records = store.table<TopicRecord>('sns_topics')
  const subscriptions = store.table<SubscriptionRecord>('sns_subscriptions')
  const isExpired = (subscription: SubscriptionRecord) => isPending(subscription) && clock.now().getTime() - Date.parse(subscription.confirmation?.askedAt ?? '') > MOST_PENDING_MS
  const alive = (prefix?: string) =>
    subscriptions.all(prefix).flatMap(([key, subscription]) => {
      if (!isExpired(subscription)) return [subscription]
      subscriptions.delete(key)
      return []
    })
  const prefix = topicArn(account, '')
  const partsOfArn = (given: string) => (given.startsWith(prefix) ? given.slice(prefix.length).split(':') : [])
  const find = (given: string) => {
    const [name, ...rest] = partsOfArn(given)
    return name === undefined || rest.length > 0 ? undefined : records.get(name)
  }
  return {
    records,
    find,
    put: (subscription) => subscriptions.put(keyOf(subscription.topicName, subscription.id), subscription),
    remove: ({ topicName, id }) => void subscriptions.delete(keyOf(topicName, id)),
    all: () => alive(),
    at(given = '') {
      if (!/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/.test(given)) throw invalidParameter('TopicArn')
      const topic = find(given)
      if (!topic) throw notFound('Topic does not exist')
      return topic
    },
    subscription(given = '') {
      const [name = '', id] = partsOfArn(given)
      if (id === undefined) throw invalidParameter('SubscriptionArn', 'An ARN must have at least 6 elements, not 1')
      const found = alive(prefixOf(name)).find((each) => each.id === id)
      if (!found) throw notFound('Subscription does not exist')
      return found
    },
    of: (name) => alive(prefixOf(name)),
  }
}

/** `Invalid parameter: TopicArn Reason: …` */
export const invalidParameter = (what: string, reason?: string) => new AwsError('InvalidParameterException', `Invalid parameter: ${what}${reason === undefined ? '' : ` Reason: ${reason}`}`)
export const notFound = (message: string) => new AwsError('NotFoundException', message)
export const notOffered = (what: string) => invalidParameter(what, 'Not offered by the sandbox')
