// sandbox/src/site/nucleus-host.ts: what a simulated Pi gives the nucleus that runs in its process, and what its first boot reads of it.
import type { PiNetwork } from './network.ts'

/**
 * What first boot (os-image/first-boot/nucleus-state.sh) looks at, as a real nucleus leaves it, so a simulated one must too:
 * - `<root>/config/config.tlog` has a line with `"TP":["system","thingName"]` and a non-empty `"V"` once it is provisioned;
 * - `<root>/logs/greengrass.log` has, in the real one's words, `Retrying MQTT connect which failed in provisioning plugin` (no connection
 *   with the claim), `Caught exception during registering Iot Thing` and then `DeviceProvisioningRuntimeException: java.lang.RuntimeException:
 *   <errorMessage>` (RegisterThing was rejected), `Moving on to run Greengrass without provisioning` (it gave up and waits for a restart),
 *   and `Successfully connected to AWS IoT Core` (connected with the device's own certificate).
 */
export interface NucleusHost {
  /** The nucleus's root, `<card>/greengrass/v2`, as a path of this machine. */
  readonly root: string
  /** The init config that first boot has rendered; its paths are paths of this machine. Read when there is no saved configuration, or it is not provisioned. */
  readonly initConfig: string
  /** Environment of the nucleus, inherited by components: PATH with the stand-ins (`docker`), FLEET_ROOT, AWS_REGION, AWS_ENDPOINT_URL. */
  readonly environment: Readonly<Record<string, string>>
  /** Every connection of the nucleus goes through here, so that it can be cut. */
  readonly network: PiNetwork
  /** The Pi's own time of day, which may be wrong. */
  now(): Date
}

/** Starts it as greengrass.service does on a Pi; resolves when it runs, provisioned or not. */
export type StartNucleus = (host: NucleusHost) => Promise<RunningNucleus>

export interface RunningNucleus {
  /** How it stands now, and after each change. */
  watch(listener: (stand: NucleusStand) => void): void
  /** Settles when it ends without having been stopped: it wants to be restarted, or it failed. */
  readonly ended: Promise<void>
  /** Once it has ended: 100 asks for a restart, 101 for a reboot of the Pi. */
  readonly exitCode: number | undefined
  /** Stops its components, then itself. */
  stop(): Promise<void>
}

export interface NucleusStand {
  /** It has its MQTT connection, with the device's own certificate. */
  readonly connected: boolean
  readonly components: readonly { readonly name: string; readonly version: string; readonly state: string }[]
}
