// sandbox/src/cloud/iot-core/registry/account-settings.ts: what is set once for the account: which events are published, and what is indexed.
import type { Configuration, EventType, ThingGroupIndexingConfiguration, ThingIndexingConfiguration } from '@aws-sdk/client-iot'
import type { Clock } from '../../clock.ts'
import type { Store } from '../../store/store.ts'
import { required } from './errors.ts'
import type { IotOperations } from './registry-state.ts'

type EventConfigurations = Partial<Record<EventType, Configuration>>

const EVENT_TYPES = ['THING', 'THING_GROUP', 'THING_TYPE', 'THING_GROUP_MEMBERSHIP', 'THING_GROUP_HIERARCHY', 'THING_TYPE_ASSOCIATION', 'JOB', 'JOB_EXECUTION', 'POLICY', 'CERTIFICATE', 'CA_CERTIFICATE'] as const

export function accountSettingOperations({ store, clock }: { store: Store; clock: Clock }) {
  const events = store.table<{ configurations: EventConfigurations; createdAt: Date; lastModifiedAt: Date }>('iot_event_configurations')
  const indexing = store.table<{ things: ThingIndexingConfiguration; groups: ThingGroupIndexingConfiguration }>('iot_indexing_configuration')
  const currentIndexing = () => indexing.get('account') ?? { things: NO_THINGS, groups: { thingGroupIndexingMode: 'OFF' as const } }
  return {
    UpdateEventConfigurations(input) {
      const current = events.get('account')
      const now = clock.now()
      const configurations = { ...current?.configurations, ...input.eventConfigurations }
      events.put('account', { configurations, createdAt: current?.createdAt ?? now, lastModifiedAt: now })
      return {}
    },
    DescribeEventConfigurations() {
      const current = events.get('account')
      const eventConfigurations = Object.fromEntries(EVENT_TYPES.map((type) => [type, current?.configurations[type] ?? { Enabled: false }]))
      return { eventConfigurations, creationDate: current?.createdAt, lastModifiedDate: current?.lastModifiedAt }
    },
    UpdateIndexingConfiguration(input) {
      const { things, groups } = currentIndexing()
      required(input.thingIndexingConfiguration ?? input.thingGroupIndexingConfiguration, 'thingIndexingConfiguration')
      const wanted = input.thingIndexingConfiguration && { ...NO_THINGS, ...input.thingIndexingConfiguration }
      indexing.put('account', { things: wanted ?? things, groups: input.thingGroupIndexingConfiguration ?? groups })
      return {}
    },
    GetIndexingConfiguration() {
      const { things, groups } = currentIndexing()
      return { thingIndexingConfiguration: things, thingGroupIndexingConfiguration: groups }
    },
  } satisfies Partial<IotOperations>
}

const NO_THINGS: ThingIndexingConfiguration = { thingIndexingMode: 'OFF', thingConnectivityIndexingMode: 'OFF', deviceDefenderIndexingMode: 'OFF', namedShadowIndexingMode: 'OFF' }
