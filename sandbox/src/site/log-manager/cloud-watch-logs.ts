// sandbox/src/site/log-manager/cloud-watch-logs.ts: the three calls to CloudWatch Logs that bring log events there, signed with the device's role credentials.
import { send, type HttpAccess } from '../nucleus/cloud/https.ts'
import { signed } from '../nucleus/cloud/signed-request.ts'
import type { AwsCredentials } from '../nucleus/credentials/device-credentials.ts'
import { isJsonObject, parseJson, textOf } from '../nucleus/json.ts'
import type { LogEvent } from './log-events.ts'

export interface CloudWatchLogs {
  readonly access: HttpAccess
  readonly region: () => string
  /** The nucleus's: AWS_ENDPOINT_URL_CLOUDWATCH_LOGS or AWS_ENDPOINT_URL, as the AWS SDKs read them, instead of AWS's own. */
  readonly environment: Readonly<Record<string, string>>
  /** Of the token exchange service. */
  readonly credentials: () => Promise<AwsCredentials>
  readonly now: () => Date
}

export interface LogStream {
  readonly logGroupName: string
  readonly logStreamName: string
}

/** Group and stream are made when they are missing. */
export async function putLogEvents(stream: LogStream, logEvents: readonly LogEvent[], cloud: CloudWatchLogs): Promise<void> {
  const put = () => call('PutLogEvents', { ...stream, logEvents }, cloud)
  try {
    await put()
  } catch (error) {
    if (!isRefusal(error, 'ResourceNotFoundException')) throw error
    await unlessThere(call('CreateLogGroup', { logGroupName: stream.logGroupName }, cloud))
    await unlessThere(call('CreateLogStream', stream, cloud))
    await put()
  }
}

async function unlessThere(creation: Promise<void>): Promise<void> {
  await creation.catch((error: unknown) => {
    if (!isRefusal(error, 'ResourceAlreadyExistsException')) throw error
  })
}

class LogsRefusal extends Error {
  override readonly name = 'CloudWatchLogsException'
  readonly code: string

  constructor(code: string, message: string, status: number) {
    super(`${message} (Service: CloudWatchLogs, Status Code: ${status}, Error Code: ${code})`)
    this.code = code
  }
}

const isRefusal = (error: unknown, code: string) => error instanceof LogsRefusal && error.code === code

/** @throws LogsRefusal, NetworkError */
async function call(operation: string, input: object, { access, region, environment, credentials, now }: CloudWatchLogs): Promise<void> {
  const place = environment['AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'] ?? environment['AWS_ENDPOINT_URL'] ?? `https://logs.${region()}.amazonaws.com`
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${operation}` }
  const request = { method: 'POST', url: new URL('/', place), headers, body: JSON.stringify(input) } as const
  const response = await send(access, signed(request, await credentials(), { service: 'logs', region: region(), at: now() }))
  const text = await response.text()
  if (response.status < 300) return
  const answer = parseJson(text)
  const { __type: type, message, Message: otherMessage } = isJsonObject(answer) ? answer : {}
  throw new LogsRefusal(textOf(type).split('#').at(-1) ?? '', textOf(message ?? otherMessage), response.status)
}
