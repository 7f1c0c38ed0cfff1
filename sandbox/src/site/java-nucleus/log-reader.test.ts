// sandbox/src/site/java-nucleus/log-reader.test.ts: whether the nucleus is connected, by lines as it writes them.
import { expect, test } from 'vitest'
import { logReader } from './log-reader.ts'

const by = (thread: string, what: string, details: string) => `2026-11-21T16:27:40.012Z [INFO] (${thread}) com.aws.greengrass.mqttclient.AwsIotMqtt5Client: ${what}. {clientId=1000000000000002, ${details}}`
const CONNECTED = by('AwsEventLoop2', 'Successfully connected to AWS IoT Core', 'sessionPresent=false')
const RESUMED = by('AwsEventLoop1', 'Connection resumed', 'sessionPresent=true')
const TAKEN_OVER = by('AwsEventLoop2', 'Connection interrupted', 'reason=null, reasonCode=SESSION_TAKEN_OVER, error=Mqtt5 client connection interrupted by server DISCONNECT.')
const SHUT_OUT = by('AwsEventLoop1', 'Connection interrupted', 'reason=null, reasonCode=NOT_AUTHORIZED, error=Mqtt5 client connection interrupted by server DISCONNECT.')

test.each([
  ['its second connection takes over, and is told of first', [CONNECTED, RESUMED, TAKEN_OVER], true],
  ['its second connection takes over, and is told of last', [CONNECTED, TAKEN_OVER, RESUMED], true],
  ['it is shut out', [CONNECTED, RESUMED, TAKEN_OVER, SHUT_OUT], false],
  ['it is let in again', [CONNECTED, SHUT_OUT, RESUMED], true],
])('%s', (_case, lines, connected) => {
  const log = logReader()
  lines.forEach(log.read)
  expect(log.connected).toBe(connected)
})
