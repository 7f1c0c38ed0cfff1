// console/src/aws/client-cloudwatch-logs.ts: what the page reads of CloudWatch Logs.
import { clientOf, commandOf, errorNamed, json, pagesOf } from './client.ts'

const of = json('Logs_20140328')

export const CloudWatchLogsClient = clientOf({ prefix: 'logs', signedAs: 'logs' })
export const ResourceNotFoundException = errorNamed('ResourceNotFoundException')
export const DescribeLogStreamsCommand = commandOf(of('DescribeLogStreams'))
export const FilterLogEventsCommand = commandOf(of('FilterLogEvents'))
export const paginateFilterLogEvents = pagesOf(of('FilterLogEvents'), 'limit')
