// sandbox/src/site/nucleus/component-ipc.ts: all that components may ask of the nucleus over its socket.
import type { Log } from '@fleet/log'
import type { ConfigStore } from './config/config-store.ts'
import { openAuthorization } from './ipc/authorization.ts'
import type { ConfigurationJudges } from './ipc/configuration-judges.ts'
import { configurationOperations } from './ipc/operations/configuration.ts'
import { lifecycleOperations } from './ipc/operations/component-lifecycle.ts'
import { awsComponentOperations } from './ipc/operations/metrics-and-tokens.ts'
import { mqttProxyOperations } from './ipc/operations/mqtt-proxy.ts'
import { pubSubOperations } from './ipc/operations/pubsub.ts'
import { openIpcServer, type IpcServer } from './ipc/server.ts'
import type { ComponentTokens } from './ipc/tokens.ts'
import type { UpdateNotices } from './ipc/update-notices.ts'
import type { Services } from './lifecycle/services.ts'
import type { MqttClient } from './mqtt/mqtt-client.ts'

export interface ComponentIpcOptions {
  readonly path: string
  readonly config: ConfigStore
  readonly services: Services
  readonly mqtt: MqttClient
  readonly tokens: ComponentTokens
  readonly notices: UpdateNotices
  readonly judges: ConfigurationJudges
  readonly log: Log
  readonly now: () => Date
}

export async function openComponentIpc({ path, config, services, mqtt, tokens, notices, judges, log, now }: ComponentIpcOptions): Promise<IpcServer> {
  const authorization = openAuthorization(config, log)
  const operations = {
    ...pubSubOperations(authorization),
    ...mqttProxyOperations(authorization, mqtt),
    ...configurationOperations(config, judges, now),
    ...lifecycleOperations(authorization, services, notices),
    ...awsComponentOperations(authorization, tokens),
  }
  return openIpcServer({ path, operations, log, componentOf: tokens.componentOf })
}
