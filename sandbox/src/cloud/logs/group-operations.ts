// sandbox/src/cloud/logs/group-operations.ts: CloudWatch Logs' operations on log groups and streams, retention and tags.
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { atLeast, atMost, matching, notLongerThan, notShorterThan, oneOf } from '../constraint.ts'
import type { OperationsOf } from '../service.ts'
import { pageOfList } from '../wire/paging.ts'
import { groupNamed, invalidParameter, nameInArn, refuseViolations } from './log-checks.ts'
import { groupArn, type GroupRecord, type LogRecords, type StreamRecord } from './log-records.ts'

type Logs = typeof import('@aws-sdk/client-cloudwatch-logs')

const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]
const MOST_SHOWN = 50
const IS_GROUP_NAME = matching(/^[.\-_/#A-Za-z0-9]+$/)
const IS_STREAM_NAME = matching(/^[^:*]*$/)

export interface GroupContext {
  readonly records: LogRecords
  readonly account: Account
  readonly clock: Clock
}

export function groupOperations({ records, account, clock }: GroupContext) {
  const change = (name: string, changes: Partial<GroupRecord>) => {
    records.putGroup({ ...records.group(name), ...changes })
    return {}
  }
  const invalidToken = () => invalidParameter('The specified nextToken is invalid.')
  return {
    CreateLogGroup({ logGroupName: name = '', tags = {}, kmsKeyId }) {
      refuseViolations(['logGroupName', name, notShorterThan(1), notLongerThan(512), IS_GROUP_NAME])
      if (records.findGroup(name)) throw alreadyExists('The specified log group already exists')
      records.putGroup({ name, createdMs: clock.now().getTime(), retentionDays: undefined, kmsKeyId, tags })
      return {}
    },
    DeleteLogGroup({ logGroupName = '' }) {
      records.deleteGroup(records.group(logGroupName).name)
      return {}
    },
    DescribeLogGroups({ logGroupNamePrefix, logGroupNamePattern, logGroupIdentifiers, logGroupClass = 'STANDARD', limit, nextToken }) {
      refuseViolations(['limit', limit, atLeast(1), atMost(MOST_SHOWN)])
      if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined) throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.')
      const pattern = logGroupNamePattern?.toLowerCase() ?? ''
      const named = logGroupIdentifiers && new Set(logGroupIdentifiers.map(nameInArn))
      const wanted = records.groups().filter(({ name }) => (named?.has(name) ?? true) && logGroupClass === 'STANDARD' && name.startsWith(logGroupNamePrefix ?? '') && name.toLowerCase().includes(pattern))
      const { items, nextToken: next } = pageOfList(wanted, { keyOf: ({ name }) => name, token: nextToken, size: { asked: limit, usual: MOST_SHOWN, most: MOST_SHOWN }, invalid: invalidToken })
      return { logGroups: items.map((group) => shownGroup(group, account)), nextToken: next }
    },
    PutRetentionPolicy({ logGroupName = '', retentionInDays = 0 }) {
      refuseViolations(['retentionInDays', String(retentionInDays), oneOf(...RETENTION_DAYS.map(String))])
      return change(logGroupName, { retentionDays: retentionInDays })
    },
    DeleteRetentionPolicy: ({ logGroupName = '' }) => change(logGroupName, { retentionDays: undefined }),
    CreateLogStream({ logGroupName = '', logStreamName: name = '' }) {
      refuseViolations(['logStreamName', name, notShorterThan(1), notLongerThan(512), IS_STREAM_NAME])
      records.group(logGroupName)
      if (records.findStream(logGroupName, name)) throw alreadyExists('The specified log stream already exists')
      records.putStream(logGroupName, newStream(name, clock.now().getTime()))
      return {}
    },
    DeleteLogStream({ logGroupName = '', logStreamName = '' }) {
      records.deleteStream(logGroupName, records.stream(logGroupName, logStreamName).name)
      return {}
    },
    DescribeLogStreams(input) {
      const { logStreamNamePrefix = '', orderBy = 'LogStreamName', descending = false, limit, nextToken } = input
      refuseViolations(['limit', limit, atLeast(1), atMost(MOST_SHOWN)])
      if (orderBy === 'LastEventTime' && logStreamNamePrefix !== '') throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.')
      const group = groupNamed(records, input)
      const streams = records.streams(group.name).filter(({ name }) => name.startsWith(logStreamNamePrefix))
      const rank = (stream: StreamRecord) => (orderBy === 'LastEventTime' ? String(stream.lastEventMs ?? 0).padStart(15, '0') + stream.name : stream.name)
      const keys = new Map([...streams].sort((one, other) => (rank(one) < rank(other) ? -1 : 1) * (descending ? -1 : 1)).map((stream, place) => [stream, String(place).padStart(9, '0')]))
      const { items, nextToken: next } = pageOfList(streams, { keyOf: (stream) => keys.get(stream) ?? '', token: nextToken, size: { asked: limit, usual: MOST_SHOWN, most: MOST_SHOWN }, invalid: invalidToken })
      return { logStreams: items.map((stream) => shownStream(stream, groupArn(account, group.name))), nextToken: next }
    },
    TagResource: ({ resourceArn = '', tags = {} }) => change(nameInArn(resourceArn), { tags: { ...records.group(nameInArn(resourceArn)).tags, ...tags } }),
    UntagResource: ({ resourceArn = '', tagKeys = [] }) => change(nameInArn(resourceArn), { tags: without(records.group(nameInArn(resourceArn)).tags, tagKeys) }),
    ListTagsForResource: ({ resourceArn = '' }) => ({ tags: { ...records.group(nameInArn(resourceArn)).tags } }),
    TagLogGroup: ({ logGroupName = '', tags = {} }) => change(logGroupName, { tags: { ...records.group(logGroupName).tags, ...tags } }),
    UntagLogGroup: ({ logGroupName = '', tags = [] }) => change(logGroupName, { tags: without(records.group(logGroupName).tags, tags) }),
    ListTagsLogGroup: ({ logGroupName = '' }) => ({ tags: { ...records.group(logGroupName).tags } }),
  } satisfies OperationsOf<Logs>
}

export const newStream = (name: string, createdMs: number): StreamRecord => ({ name, createdMs, firstEventMs: undefined, lastEventMs: undefined, lastIngestionMs: undefined, sequence: 0 })

const alreadyExists = (message: string) => new AwsError('ResourceAlreadyExistsException', message)

const without = (tags: Readonly<Record<string, string>>, keys: readonly string[]) => Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)))

const shownGroup = ({ name, createdMs, retentionDays, kmsKeyId }: GroupRecord, account: Account) => ({
  logGroupName: name,
  creationTime: createdMs,
  retentionInDays: retentionDays,
  metricFilterCount: 0,
  arn: `${groupArn(account, name)}:*`,
  logGroupArn: groupArn(account, name),
  storedBytes: 0, // AWS counts it with a delay of up to a day
  kmsKeyId,
  logGroupClass: 'STANDARD' as const,
})

const shownStream = ({ name, createdMs, firstEventMs, lastEventMs, lastIngestionMs, sequence }: StreamRecord, arnOfGroup: string) => ({
  logStreamName: name,
  creationTime: createdMs,
  firstEventTimestamp: firstEventMs,
  lastEventTimestamp: lastEventMs,
  lastIngestionTime: lastIngestionMs,
  uploadSequenceToken: String(sequence),
  arn: `${arnOfGroup}:log-stream:${name}`,
  storedBytes: 0,
})
