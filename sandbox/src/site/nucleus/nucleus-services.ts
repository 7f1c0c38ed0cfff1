// sandbox/src/site/nucleus/nucleus-services.ts: what the nucleus runs: its own parts, components by their scripts, and AWS's components that work inside it.
import type { Log } from '@fleet/log'
import type { CloudAccess } from './cloud/cloud-access.ts'
import type { ConfigStore } from './config/config-store.ts'
import type { DeviceConfiguration } from './config/device-configuration.ts'
import { replacing } from './config/merge-behaviour.ts'
import { TOKEN_EXCHANGE_SERVICE, type TokenExchangeService } from './credentials/token-exchange-service.ts'
import type { ComponentTokens } from './ipc/tokens.ts'
import { textOf, type JsonObject } from './json.ts'
import { AUTOSTARTED, DEPLOYMENT_SERVICE, DOCKER_APPLICATION_MANAGER } from './lifecycle/builtin.ts'
import { componentEnvironment } from './lifecycle/component-environment.ts'
import { componentActions, type ComponentActions } from './lifecycle/component.ts'
import { innerComponent, innerService, unsupportedComponent } from './lifecycle/inner-component.ts'
import type { Lifecycle } from './lifecycle/lifecycle.ts'
import { processGroups } from './lifecycle/process-groups.ts'
import { MAIN, openServices, type Services } from './lifecycle/services.ts'
import type { ComponentLogs } from './logs/component-log.ts'
import type { NucleusPaths } from './paths.ts'
import type { Timings } from './timing.ts'

export interface NucleusServicesOptions {
  readonly config: ConfigStore
  readonly device: DeviceConfiguration
  readonly paths: NucleusPaths
  readonly environment: Readonly<Record<string, string>>
  readonly ipcSocket: string
  readonly tokens: ComponentTokens
  readonly tokenExchange: TokenExchangeService
  readonly cloud: CloudAccess
  readonly log: Log
  readonly logs: ComponentLogs
  readonly timings: Timings
  readonly now: () => Date
  /** The deployment service has started. */
  readonly startDeployments: () => void
}

const LOG_MANAGER = 'aws.greengrass.LogManager'

export function nucleusServices(options: NucleusServicesOptions): Services {
  const { config, log, now, tokenExchange } = options
  const groups = processGroups(options.paths.processGroups)
  const idle = (lifecycle: () => Lifecycle) => innerService(lifecycle)
  return openServices({
    ...{ config, log, now },
    builtins: {
      ...Object.fromEntries([MAIN, DOCKER_APPLICATION_MANAGER, ...AUTOSTARTED].map((name) => [name, idle])),
      [MAIN]: (lifecycle) => ({ ...innerService(lifecycle), startup: () => Promise.resolve(lifecycle().report('FINISHED')) }), // it has nothing to run itself
      [DEPLOYMENT_SERVICE]: (lifecycle) => innerService(lifecycle, { start: options.startDeployments }),
      [TOKEN_EXCHANGE_SERVICE]: (lifecycle) => innerService(lifecycle, tokenExchange),
    },
    componentActions(name, own, lifecycle) {
      const type = textOf(config.value('services', name, 'componentType')).toUpperCase()
      if (name === LOG_MANAGER) return innerComponent(lifecycle, (signal) => manageLogs(options, signal))
      if (type === 'PLUGIN' || type === 'LAMBDA') return unsupportedComponent(lifecycle, `${name} is a ${type.toLowerCase()} component, which only a real nucleus can run`)
      return scriptedComponent(name, own.current, { ...options, groups, lifecycle })
    },
  })
}

function scriptedComponent(name: string, config: () => JsonObject, options: NucleusServicesOptions & { readonly groups: ReturnType<typeof processGroups>; readonly lifecycle: () => Lifecycle }): ComponentActions {
  const { device, paths, environment, ipcSocket, tokens, tokenExchange, log, logs, groups, timings, lifecycle } = options
  return componentActions({
    ...{ name, logs, groups, lifecycle, config },
    folder: paths.work(name),
    log: log.with({ serviceName: name }),
    gracefulMs: timings.gracefulStop,
    shell: device.posixShell,
    environment: () => componentEnvironment({ device, inherited: environment, ipcSocket, credentialsUri: tokenExchange.uri }, tokens.of(name)),
  })
}

async function manageLogs({ config, device, paths, environment, cloud, log, now }: NucleusServicesOptions, signal: AbortSignal): Promise<void> {
  const { runLogManager } = await import('../log-manager/log-manager.ts') // most Pis run without it
  const uploaded = ['services', LOG_MANAGER, 'runtime', 'uploaded']
  const manager = {
    ...{ thingName: device.thingName(), logs: paths.logs, log: log.with({ serviceName: LOG_MANAGER }) },
    cloud: { access: cloud.downloads, region: device.region, environment, credentials: cloud.credentials.credentials, now },
    configuration: () => config.plain('services', LOG_MANAGER, 'configuration'),
    uploaded: {
      read: () => Promise.resolve(config.plain(...uploaded) as Record<string, Record<string, number>>), // as `save` wrote it
      save: (next: Readonly<Record<string, Readonly<Record<string, number>>>>) => Promise.resolve(config.merge(uploaded, next, replacing(now().getTime()))),
    },
  }
  await runLogManager(manager, signal)
}
