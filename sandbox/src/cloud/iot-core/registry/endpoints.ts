// sandbox/src/cloud/iot-core/registry/endpoints.ts: where a client of this cloud finds its parts.
import type { Call } from '../../service.ts'
import { invalidRequest } from './errors.ts'
import type { IotOperations } from './registry-state.ts'

/**
 * Hosts as the caller itself reached us. Data endpoints are a host alone, because MQTT clients bring their own port; the others are
 * reached by HTTPS on our gateway's port.
 */
export const endpointOperations = {
  DescribeEndpoint(input, call) {
    const { host, hostname } = reachedAs(call)
    switch (input.endpointType ?? 'iot:Data') {
      case 'iot:Data':
      case 'iot:Data-ATS':
      case 'iot:Data-Beta':
        return { endpointAddress: hostname }
      case 'iot:CredentialProvider':
      case 'iot:Jobs':
        return { endpointAddress: host }
      default:
        throw invalidRequest(`Endpoint type ${String(input.endpointType)} is not valid`)
    }
  },
} satisfies Partial<IotOperations>

/** MQTT clients of the AWS SDKs compare names, not addresses, with a server's certificate: loopback goes by its name. */
function reachedAs({ origin }: Call): { readonly host: string; readonly hostname: string } {
  const { hostname, port } = new URL(origin)
  const name = /^127\.|^\[::1\]$/.test(hostname) ? 'localhost' : hostname
  return { host: port === '' ? name : `${name}:${port}`, hostname: name }
}
