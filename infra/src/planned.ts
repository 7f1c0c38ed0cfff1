// infra/src/planned.ts: tests only: what the program would make for a stage, without any cloud.
import type { ReleaseManifest } from '@fleet/contract/release'
import { parseStage, type Stage } from '@fleet/contract/stage'
import * as pulumi from '@pulumi/pulumi'
import { fleet } from './fleet.ts'

export interface PlannedResource {
  /** `aws-native:iot:Policy` */
  readonly type: string
  readonly name: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly provider: string
}

/** Resources that go to a cloud, by name: without the components that only group them. */
export type Planned = readonly PlannedResource[]

export const STAGE: Stage = parseStage('dev', { 'aws:region': 'eu-central-1', 'aws-native:region': 'eu-central-1', 'fleetwright:accountId': '111122223333' })

const component = (name: string, version: string) => ({
  name,
  version,
  contentDigest: `sha256:${'a'.repeat(64)}`,
  image: `r/${name}@sha256:${'b'.repeat(64)}`,
  recipe: JSON.stringify({ ComponentName: name, ComponentVersion: version }),
})
/** A release that no test changes. */
export const RELEASE: ReleaseManifest = {
  formatVersion: 1,
  id: 'r1',
  publishedAt: '2026-11-21T00:00:00Z',
  components: [component('fleetwright.led', '1.2.0'), component('fleetwright.button', '1.0.3')],
}

export async function planned(stage: Stage = STAGE, release?: ReleaseManifest): Promise<Planned> {
  const resources: PlannedResource[] = []
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs, provider, custom }) {
        if (custom === true) resources.push({ type, name, inputs: inputs as Record<string, unknown>, provider: provider ?? '' }) // typed any by the SDK
        return { id: `${name}-id`, state: { arn: `arn:planned:${name}`, ...(inputs as object) } }
      },
      call: ({ token }) => {
        throw new Error(`the program asks the cloud (${token}): it must plan the same wherever it runs`)
      },
    },
    'fleetwright',
    stage.stage,
  )
  fleet(stage, release)
  await waitForRegistrations()
  return resources.sort((a, b) => a.name.localeCompare(b.name))
}

/** Children register after their component's constructor returned. The SDK exports this at run time and leaves it out of its types. */
const waitForRegistrations = () => (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs()
