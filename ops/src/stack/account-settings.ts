// ops/src/stack/account-settings.ts: the settings of an AWS account for which Cloud Control has no type, by the calls of AWS IoT that @pulumi/aws makes.
import {
  DescribeEventConfigurationsCommand,
  GetIndexingConfigurationCommand,
  UpdateEventConfigurationsCommand,
  UpdateIndexingConfigurationCommand,
  type EventType,
  type IoTClient,
  type UpdateIndexingConfigurationCommandInput,
} from '@aws-sdk/client-iot'
import { sent } from './cloud-control.ts'
import { isRecord, type Properties, type Value } from './properties.ts'
import { CloudFailure, type ResourceProvider } from './resource-provider.ts'

/** How one setting is written and read. It is always there, so making and changing it are the same, and deleting it leaves it as it is (as @pulumi/aws does). */
interface Setting {
  write(client: IoTClient, inputs: Properties): Promise<unknown>
  read(client: IoTClient): Promise<unknown>
}

const SETTINGS: Readonly<Record<string, Setting>> = {
  'aws:iot/eventConfigurations:EventConfigurations': {
    write: (client, { eventConfigurations }) => client.send(new UpdateEventConfigurationsCommand({ eventConfigurations: switches(eventConfigurations) })),
    read: (client) => client.send(new DescribeEventConfigurationsCommand({})),
  },
  'aws:iot/indexingConfiguration:IndexingConfiguration': {
    write: (client, inputs) => client.send(new UpdateIndexingConfigurationCommand(inputs as UpdateIndexingConfigurationCommandInput)), // its names are those of the API, one for one
    read: (client) => client.send(new GetIndexingConfigurationCommand({})),
  },
}

export const isAccountSetting = (type: string): boolean => type in SETTINGS

export function accountSettings(client: IoTClient): ResourceProvider {
  const write = async (type: string, inputs: Properties) => {
    await sent(settingOf(type).write(client, inputs))
    return { id: type.slice(type.lastIndexOf(':') + 1), outputs: inputs }
  }
  return {
    create: ({ type, inputs }) => write(type, inputs),
    update: ({ type, after }) => write(type, after),
    delete: async () => undefined,
    find: async () => undefined,
    read: async ({ type, inputs }) => {
      await sent(settingOf(type).read(client)) // says whether the service answers; the values stay those of the program
      return inputs
    },
  }
}

/** `{JOB: true}` → `{JOB: {Enabled: true}}` */
const switches = (configurations: Value | undefined): Partial<Record<EventType, { Enabled: boolean }>> =>
  Object.fromEntries(Object.entries(isRecord(configurations) ? configurations : {}).map(([event, on]) => [event, { Enabled: on === true }]))

/** @throws CloudFailure */
function settingOf(type: string): Setting {
  const setting = SETTINGS[type]
  if (setting === undefined) throw new CloudFailure('InvalidRequest', `this engine does not know ${type}: add it to ops/src/stack, or use the Pulumi CLI`)
  return setting
}
