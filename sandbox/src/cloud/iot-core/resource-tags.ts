// sandbox/src/cloud/iot-core/resource-tags.ts: tags of what other folders than the registry keep; the registry keeps the tags.
import type { Tag } from '@aws-sdk/client-iot'
import type { RegistryState } from './registry/registry-state.ts'
import { removeTags, setTags } from './registry/tags.ts'

export interface ResourceTags {
  /** @throws AwsError */
  set(arn: string, tags: readonly Tag[]): void
  removeAll(arn: string): void
}

export const resourceTags = (state: RegistryState): ResourceTags => ({
  set: (arn, tags) => state.change(() => setTags(state, arn, tags)),
  removeAll: (arn) => state.change(() => removeTags(state, arn)),
})
