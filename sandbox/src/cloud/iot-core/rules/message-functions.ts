// sandbox/src/cloud/iot-core/rules/message-functions.ts: functions of rule SQL that know of the message and of the moment (AWS IoT guide, «Functions»).
import { randomUUID } from 'node:crypto'
import { parseTime } from './parse-time.ts'
import { REGISTRY_FUNCTION, registryData, type AskRegistry } from './registry-function.ts'
import { toDecimal, toText, type SqlValue } from './sql-values.ts'

/** The message that a rule looks at. */
export interface RuleMessage {
  /** Without the prefix of basic ingest. */
  readonly topic: string
  readonly payload: Uint8Array
  /** Undefined when it did not come by MQTT. */
  readonly clientId: string | undefined
  readonly principal: string | undefined
  readonly traceId: string
  readonly accountId: string
  readonly now: Date
}

/** The message, as one rule looks at it. */
export interface RuleView extends RuleMessage {
  readonly askRegistry: AskRegistry
}

export type MessageFunction = (message: RuleView, ...args: readonly SqlValue[]) => SqlValue

export const MESSAGE_FUNCTIONS: Readonly<Record<string, MessageFunction>> = {
  topic({ topic }, level) {
    if (level === undefined) return topic
    const number = toDecimal(level)
    return number === undefined ? undefined : topic.split('/')[Math.floor(number) - 1]
  },
  clientid: ({ clientId }) => clientId ?? 'n/a',
  principal: ({ principal }) => principal,
  accountid: ({ accountId }) => accountId,
  timestamp: ({ now }) => now.getTime(),
  traceid: ({ clientId, traceId }) => (clientId === undefined ? undefined : traceId),
  newuuid: () => randomUUID(),
  rand: () => Math.random(),
  sql_version: () => '2016-03-23',
  parse_time(_message, pattern, time, timeZone) {
    const [text, milliseconds, zone] = [toText(pattern), toDecimal(time), timeZone === undefined ? 'UTC' : toText(timeZone)]
    return text === undefined || milliseconds === undefined || zone === undefined ? undefined : parseTime(text, new Date(milliseconds), zone)
  },
  [REGISTRY_FUNCTION]: ({ askRegistry }, _api, thingName, roleArn) => registryData(askRegistry, thingName, roleArn),
  isnull: (_message, value) => value === null,
  isundefined: (_message, value) => value === undefined,
}
