// sandbox/src/site/nucleus/nucleus.ts: the simulated Greengrass nucleus: joins the cloud, runs components, carries out deployments.
import { openComponentIpc } from './component-ipc.ts'
import { tokenExchangeService } from './credentials/token-exchange-service.ts'
import { restoreSnapshot } from './deployments/activation.ts'
import { REBOOT, runBootstrap, type RestartCode } from './deployments/bootstrap.ts'
import { openDeployments, type Deployments } from './deployments/deployments.ts'
import { ongoingDeployments } from './deployments/ongoing-deployment.ts'
import { AUTOSTARTED } from './lifecycle/builtin.ts'
import type { Services } from './lifecycle/services.ts'
import { stopServices } from './lifecycle/shutdown.ts'
import { openBase, type NucleusBase } from './nucleus-base.ts'
import { nucleusServices } from './nucleus-services.ts'
import { standWatch } from './nucleus-stand.ts'
import type { Nucleus, NucleusOptions } from './options.ts'
import { hasClaim, provision } from './provisioning/provisioning.ts'
import { followReconfiguration } from './reconfiguration.ts'
import { fleetStatus, type FleetStatus } from './status/fleet-status.ts'

export type { Nucleus, NucleusOptions } from './options.ts'

/** Resolves when it runs, provisioned or not. @param signal stops it */
export async function startNucleus(options: NucleusOptions, signal?: AbortSignal): Promise<Nucleus> {
  const base = await openBase(options)
  const { config, device, log, mqtt, tokens } = base
  log.info('Launch Nucleus', { version: device.version(), rootPath: base.paths.root })
  const tokenExchange = tokenExchangeService({ config, credentials: base.cloud.credentials, tokens, log })
  const services = nucleusServices({ ...base, tokenExchange, startDeployments: () => deployments.start() })
  const end = Promise.withResolvers<void>()
  let exitCode: RestartCode | undefined
  const restart = (code: RestartCode) => {
    log.info(`${code === REBOOT ? 'device reboot' : 'Nucleus restart'} requested to complete bootstrap task`)
    exitCode = code
    stop().then(end.resolve, end.reject)
  }
  const ongoing = ongoingDeployments(base.paths)
  const begun = ongoing.read()
  if (begun?.stage === 'KERNEL_ROLLBACK') restoreSnapshot(ongoing.snapshot(), { ...base, services })
  const deployments = openDeployments({ ...base, services, restart })
  const fleet = fleetStatus({ ...base, services, records: deployments.records, keeper: deployments.keeper })
  const stand = standWatch(services, mqtt)
  const ipc = await openComponentIpc({ ...base, path: base.ipcSocket, services })
  const listening = listenToCloud(base, deployments, fleet)

  const stop = once(async () => {
    log.info('system-shutdown')
    base.beginStop()
    listening.end()
    fleet.stop()
    await deployments.ended()
    await stopServices(services, log)
    await ipc.close()
    await base.close()
  })
  signal?.addEventListener('abort', () => void stop(), { once: true })

  if (begun?.stage === 'BOOTSTRAP') restart(await runBootstrap(begun, { ...base, services, ongoing }))
  else launch(base, { services, fleet, listening })
  return {
    get thingName() {
      return device.thingName()
    },
    get isConnected() {
      return mqtt.isOnline
    },
    get exitCode() {
      return exitCode
    },
    state: (component) => services.find(component)?.lifecycle.state,
    watch: stand.watch,
    ended: end.promise,
    stop,
  }
}

interface Listening {
  begin(): void
  end(): void
}

/** Hears of deployments as soon as the device can talk to the cloud, and by another name or address when these change. */
function listenToCloud(base: NucleusBase, deployments: Deployments, fleet: FleetStatus): Listening {
  const { mqtt, cloud, timings } = base
  const listen = () => {
    fleet.follow()
    return deployments.listen()
  }
  mqtt.listen({
    onInterrupted: fleet.interrupted,
    onResumed() {
      deployments.resumed()
      fleet.resumed()
    },
  })
  const end = followReconfiguration({
    ...base,
    ...{ credentials: cloud.credentials, delayMs: timings.reconfigured, reconnect: mqtt.reconnect },
    isListening: () => deployments.isListening,
    listen: () => inBackground(base, 'listening for deployments', listen().then(() => fleet.tellAll('NETWORK_RECONFIGURE'))),
  })
  return { begin: () => inBackground(base, 'listening for deployments', listen()), end }
}

function launch(base: NucleusBase, { services, fleet, listening }: { services: Services; fleet: FleetStatus; listening: Listening }): void {
  const { config, device, log, stopping } = base
  const isOnline = device.missing().length === 0
  if (!isOnline && hasClaim(config)) inBackground(base, 'provisioning', provision({ ...base, signal: stopping }))
  for (const name of AUTOSTARTED) services.addToMain(name)
  config.writeEffectiveConfig()
  if (isOnline) listening.begin()
  for (const { lifecycle } of services.ordered()) lifecycle.requestStart()
  fleet.launched()
  log.info('Launched Nucleus successfully')
}

function inBackground({ log, stopping }: NucleusBase, what: string, work: Promise<void>): void {
  work.catch((error: unknown) => {
    if (!stopping.aborted) log.error(`${what} has ended`, { error })
  })
}

/** Whoever asks again gets the same end. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= work())
}
