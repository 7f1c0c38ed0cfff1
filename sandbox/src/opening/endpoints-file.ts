// sandbox/src/opening/endpoints-file.ts: the file by which `fleet` finds a running sandbox; it is there as long as the sandbox is.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { SANDBOX_ENDPOINTS_FILE, type SandboxEndpoints } from '@fleet/contract/sandbox-endpoints'
import { replaceFile } from '@fleet/ops/stack/durable-file'
import type { CloudProcess } from './cloud-process.ts'

export type Found = Pick<SandboxEndpoints, 'stage' | 'accountId' | 'region' | 'accessKeyId' | 'secretAccessKey' | 'allowlistAddition'>

/** Devices compare names, not addresses, with a certificate: they are told `localhost`. */
export function endpointsOf(found: Found, cloud: Pick<CloudProcess, 'gatewayPort' | 'mqttPort' | 'caFile'>, consolePort: number): SandboxEndpoints {
  return {
    pid: process.pid,
    ...found,
    gateway: gatewayOf(cloud),
    gatewayTls: `https://localhost:${cloud.gatewayPort}`,
    mqtt: { host: 'localhost', port: cloud.mqttPort },
    console: `http://127.0.0.1:${consolePort}`,
    caFile: cloud.caFile,
  }
}

export const gatewayOf = ({ gatewayPort }: Pick<CloudProcess, 'gatewayPort'>) => `http://127.0.0.1:${gatewayPort}`

export function publishEndpoints(folder: string, endpoints: SandboxEndpoints): Disposable {
  const file = join(folder, SANDBOX_ENDPOINTS_FILE)
  replaceFile(file, `${JSON.stringify(endpoints, null, 2)}\n`)
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) }
}
