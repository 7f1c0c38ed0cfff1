// sandbox/src/site/java-nucleus/differences.ts: what this machine makes the nucleus's configuration differ from that of a Pi in the field.

export interface DoorPorts {
  readonly mqtt: number | undefined
  readonly credentials: number | undefined
  readonly dataPlane: number | undefined
}

/**
 * An init config that is merged over the saved one at each start. It is a Raspberry Pi whatever this machine is; the ports are those
 * of this Pi's network; the socket's path must fit into sun_path.
 */
export function differences(ports: DoorPorts, ipcSocket: string): string {
  const credentials = ports.credentials === undefined ? undefined : `localhost:${ports.credentials}`
  return JSON.stringify({
    system: { ipcSocketPath: ipcSocket },
    services: {
      'aws.greengrass.Nucleus': {
        configuration: {
          platformOverride: { architecture: 'aarch64' },
          mqtt: { port: ports.mqtt },
          iotCredEndpoint: credentials,
          greengrassDataPlaneEndpoint: ports.dataPlane === undefined ? undefined : `https://localhost:${ports.dataPlane}`,
        },
      },
      'aws.greengrass.FleetProvisioningByClaim': { configuration: { mqttPort: ports.mqtt, iotCredentialEndpoint: credentials } },
    },
  })
}
