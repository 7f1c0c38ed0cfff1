// sandbox/src/cloud/sqs/message-attributes.ts: attributes of messages, and the digests by which clients check what arrived.
import { createHash } from 'node:crypto'
import type { MessageAttributeValue } from '@aws-sdk/client-sqs'
import { AwsError } from '../aws-error.ts'
import type { KeptAttribute } from './queue-records.ts'

type Attributes = Readonly<Record<string, KeptAttribute>>

/** SQS developer guide, «Message metadata»: ten at most, of the types String, Number and Binary with a custom suffix. */
export function keptAttributes(given: Readonly<Record<string, MessageAttributeValue>> | undefined): Attributes {
  const entries = Object.entries(given ?? {})
  if (entries.length > 10) throw invalidParameter('Number of message attributes [' + String(entries.length) + '] exceeds the allowed maximum [10].')
  return Object.fromEntries(entries.map(([name, value]) => [name, kept(name, value)]))
}

function kept(name: string, { DataType = '', StringValue, BinaryValue }: MessageAttributeValue): KeptAttribute {
  if (!/^(String|Number|Binary)(\..+)?$/.test(DataType)) throw invalidParameter(`The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`)
  if (DataType.startsWith('Binary')) return { DataType, binary: Buffer.from(BinaryValue ?? []).toString('base64') }
  if (!StringValue) throw invalidParameter(`The message (user) attribute '${name}' must contain a non-empty value of type '${DataType}'.`)
  return { DataType, StringValue }
}

export const shownAttributes = (attributes: Attributes, names: readonly string[]): Record<string, MessageAttributeValue> | undefined => {
  const isWanted = (name: string) => names.some((wanted) => wanted === 'All' || wanted === name || (wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -1))))
  const shown = Object.entries(attributes).filter(([name]) => isWanted(name))
  if (shown.length === 0) return undefined
  return Object.fromEntries(shown.map(([name, { binary, ...value }]) => [name, binary === undefined ? value : { ...value, BinaryValue: Buffer.from(binary, 'base64') }]))
}

export const md5 = (text: string) => createHash('md5').update(text).digest('hex')

/** SQS developer guide, «Calculating the MD5 message digest for message attributes»: by name, each part with its length in four bytes. */
export function md5OfAttributes(attributes: Attributes): string | undefined {
  const names = Object.keys(attributes).sort()
  if (names.length === 0) return undefined
  const hash = createHash('md5')
  const put = (part: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(part.length)
    hash.update(length).update(part)
  }
  for (const name of names) {
    const { DataType = '', StringValue = '', binary } = attributes[name] ?? {}
    put(Buffer.from(name))
    put(Buffer.from(DataType))
    hash.update(Buffer.from([binary === undefined ? 1 : 2])) // transport type: string or binary
    put(binary === undefined ? Buffer.from(StringValue) : Buffer.from(binary, 'base64'))
  }
  return hash.digest('hex')
}

export const invalidParameter = (message: string) => new AwsError('InvalidParameterValue', message, { status: 400 })
