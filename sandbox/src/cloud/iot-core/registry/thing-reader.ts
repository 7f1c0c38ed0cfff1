// sandbox/src/cloud/iot-core/registry/thing-reader.ts: things as other parts of AWS IoT read them: as DescribeThing answers.
import type { DescribeThingCommandOutput } from '@aws-sdk/client-iot'
import { AwsError } from '../../aws-error.ts'
import type { Json } from '../json.ts'

export interface DescribesThings {
  readonly DescribeThing: (input: { readonly thingName: string }) => Omit<DescribeThingCommandOutput, '$metadata'>
}

export const thingReader = ({ DescribeThing }: DescribesThings) => ({
  describe(thingName: string): Json | undefined {
    try {
      return JSON.parse(JSON.stringify(DescribeThing({ thingName }))) as Json // texts, numbers and maps of texts
    } catch (error) {
      if (error instanceof AwsError) return undefined
      throw error
    }
  },
})
