// sandbox/src/cloud/iot-core/data-plane/publish-properties.ts: MQTT 5 properties as the HTTP API writes them (API reference, «Publish»).
import type { PublishCommandInput } from '@aws-sdk/client-iot-data-plane'
import { AwsError } from '../../aws-error.ts'
import type { Message, MessageProperties } from '../broker/message.ts'

type Asked = Pick<PublishCommandInput, 'userProperties' | 'payloadFormatIndicator' | 'contentType' | 'responseTopic' | 'correlationData' | 'messageExpiry'>
type Properties = MessageProperties & { readonly messageExpiryInterval?: number }

export function publishProperties({ userProperties, payloadFormatIndicator, contentType, responseTopic, correlationData, messageExpiry }: Asked): Properties {
  const properties = {
    ...(payloadFormatIndicator !== undefined && { payloadFormatIndicator: payloadFormatIndicator === 'UTF8_DATA' }),
    ...(contentType !== undefined && { contentType }),
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlationData !== undefined && { correlationData: Buffer.from(correlationData, 'base64') }),
    ...(messageExpiry !== undefined && { messageExpiryInterval: messageExpiry }),
  }
  return userProperties === undefined ? properties : { ...properties, userProperties: collected(pairsIn(String(userProperties))) }
}

/** `[{"name": "value"}, …]`: a name may come more than once. */
function pairsIn(text: string): readonly (readonly [string, string])[] {
  const refusal = (cause?: unknown) => new AwsError('InvalidRequestException', 'userProperties must be a JSON list of objects with one string each', { cause })
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch (error) {
    throw refusal(error)
  }
  if (!Array.isArray(list)) throw refusal()
  return list.map((pair: unknown) => {
    const [entry, ...others]: [string, unknown][] = Object.entries(pair ?? {})
    if (!entry || others.length > 0 || typeof entry[1] !== 'string') throw refusal()
    return [entry[0], entry[1]] as const
  })
}

function collected(pairs: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const byName: Record<string, string | string[]> = {}
  for (const [name, value] of pairs) {
    const known = byName[name]
    byName[name] = known === undefined ? value : [known, value].flat()
  }
  return byName
}

/** The same form, as bytes, for GetRetainedMessage. */
export function storedUserProperties({ properties }: Message): Uint8Array | undefined {
  if (!properties?.userProperties) return undefined
  const pairs = Object.entries(properties.userProperties).flatMap(([name, value]) => [value].flat().map((one) => ({ [name]: one })))
  return new TextEncoder().encode(JSON.stringify(pairs))
}
