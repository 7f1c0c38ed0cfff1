// sandbox/src/cloud/wire/codecs.ts: the SDK's own JSON and XML codecs, turned round: requests are read, answers are written.
import { XmlCodec } from '@aws-sdk/core/protocols'
import { FromStringShapeDeserializer, JsonCodec2, JsonShapeDeserializer2, ToStringShapeSerializer } from '@smithy/core/protocols'
import type { NormalizedSchema } from '@smithy/core/schema'

/** Default timestamp formats, by the number of their simple schema. */
const ISO_8601 = 5
const EPOCH_SECONDS = 7

/** `jsonName` traits are obeyed by rest-json only. */
const jsonSettings = (jsonName: boolean) => ({ jsonName, httpBindings: true, timestampFormat: { useTrait: true, default: EPOCH_SECONDS } }) as const

export function jsonCodec(jsonName: boolean) {
  const reader = new JsonShapeDeserializer2(jsonSettings(jsonName))
  const serializer = new JsonCodec2(jsonSettings(jsonName)).createSerializer()
  return {
    /** @throws when a leaf cannot be what its schema says */
    read: (schema: NormalizedSchema, parsed: unknown): unknown => reader.readObject(schema, parsed as Parameters<typeof reader.readObject>[1]), // what JSON.parse gave
    /** One serializer for all: write and flush run in one go. */
    write(schema: NormalizedSchema, value: unknown): Uint8Array {
      serializer.write(schema, value)
      const { buffer, byteOffset, byteLength } = serializer.flush()
      return new Uint8Array(buffer, byteOffset, byteLength) // what flush gives is a subclass that warns when it is taken for text
    },
  }
}

export interface XmlCodecPair {
  read(schema: NormalizedSchema, bytes: Uint8Array): unknown
  write(schema: NormalizedSchema, value: unknown): string
}

export function xmlCodec(xmlNamespace: string): XmlCodecPair {
  const codec = new XmlCodec({ xmlNamespace, serviceNamespace: '', httpBindings: true, timestampFormat: { useTrait: true, default: ISO_8601 } })
  const deserializer = codec.createDeserializer()
  const serializer = codec.createSerializer()
  return {
    read: (schema, bytes) => deserializer.read(schema, bytes) as unknown,
    write(schema, value) {
      serializer.write(schema, value)
      const written: unknown = serializer.flush()
      return typeof written === 'string' ? written : Buffer.from(written as Uint8Array).toString() // a struct is always written as text
    },
  }
}

const STRING_SETTINGS = { httpBindings: true, timestampFormat: { useTrait: true, default: ISO_8601 } } as const

/** Labels, query parameters, headers and form fields are text. @throws when the text cannot be what the schema says */
export function fromText(schema: NormalizedSchema, text: string): unknown {
  return textReader.read(schema, text) as unknown
}
const textReader = new FromStringShapeDeserializer(STRING_SETTINGS)

export function toText(schema: NormalizedSchema, value: unknown): string {
  textWriter.write(schema, value)
  return textWriter.flush()
}
const textWriter = new ToStringShapeSerializer(STRING_SETTINGS)
