// bench/src/open-twin.ts: the cloud twin as a process of its own on free ports, with its state on disk in this bench's temporary folder.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCloud, type CloudProcess } from '@fleet/sandbox/opening/cloud-process'

export const ACCOUNT = { accountId: '000000000000', region: 'eu-central-1' } as const
export const ROOT_KEY = { accessKeyId: 'AKIAFLEETWRIGHTLOCAL', secretAccessKey: 'sandbox-only-not-a-secret' } as const

export interface Twin extends CloudProcess {
  readonly url: string
  /** For the constructor of an SDK client. */
  readonly client: { readonly endpoint: string; readonly region: string; readonly credentials: typeof ROOT_KEY }
}

export async function openTwin({ flags = [], stateFolder = mkdtempSync(join(tmpdir(), 'twin-')) }: { readonly flags?: readonly string[]; readonly stateFolder?: string } = {}): Promise<Twin> {
  const broken = (why: string) => {
    throw new Error(`the twin has ended: ${why}`)
  }
  const cloud = await startCloud({
    ...{ stateFolder, ...ACCOUNT, ...ROOT_KEY, gatewayPort: 0, mqttPort: 0, quotas: false, flags },
    signal: new AbortController().signal,
    onLine: () => undefined,
    onRestart: broken,
    onFailure: ({ message }) => broken(message),
  })
  const url = `http://127.0.0.1:${cloud.gatewayPort}`
  return Object.assign(cloud, { url, client: { endpoint: url, region: ACCOUNT.region, credentials: ROOT_KEY } })
}
