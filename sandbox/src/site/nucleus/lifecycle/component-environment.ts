// sandbox/src/site/nucleus/lifecycle/component-environment.ts: the environment of a component's process, beside what its recipe sets.
import type { DeviceConfiguration } from '../config/device-configuration.ts'

export interface EnvironmentSources {
  readonly device: DeviceConfiguration
  /** The nucleus's own, which components inherit. */
  readonly inherited: Readonly<Record<string, string>>
  readonly ipcSocket: string
  /** Of the local credentials endpoint; undefined while the token exchange service does not run. */
  readonly credentialsUri: () => string | undefined
}

/** @param token proves to the IPC server and to the credentials endpoint which component it is */
export function componentEnvironment({ device, inherited, ipcSocket, credentialsUri }: EnvironmentSources, token: string): Record<string, string> {
  const uri = credentialsUri()
  return {
    ...inherited,
    AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH: ipcSocket,
    AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: ipcSocket,
    AWS_REGION: device.region(),
    AWS_DEFAULT_REGION: device.region(),
    AWS_IOT_THING_NAME: device.thingName(),
    GGC_VERSION: device.version(),
    AWS_USE_FIPS_ENDPOINT: device.fipsMode(),
    AWS_GG_FIPS_MODE: device.fipsMode(),
    ...(uri !== undefined && { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri }),
    SVCUID: token,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
    GG_ROOT_CA_PATH: device.rootCaPath(),
    ...proxyVariables(device.proxy()),
  }
}

function proxyVariables({ url, username, password, noProxy }: ReturnType<DeviceConfiguration['proxy']>): Record<string, string> {
  if (url === '') return {}
  const proxy = new URL(url)
  if (username !== '' && proxy.username === '') Object.assign(proxy, { username, password })
  const value = proxy.href.replace(/\/$/, '')
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()])
  return { ...Object.fromEntries(names.map((name) => [name, value])), NO_PROXY: noProxy, no_proxy: noProxy }
}
