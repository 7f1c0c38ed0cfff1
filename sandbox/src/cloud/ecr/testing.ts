// sandbox/src/cloud/ecr/testing.ts: an ECR on a store of its own, its registry behind a real gateway, and a small OCI client, for the tests of this folder.
import { createHash, randomUUID } from 'node:crypto'
import { cloudClock, type Clock } from '../clock.ts'
import type { Call, OperationsOf, Principal } from '../service.ts'
import { signedDownloads } from '../signed-downloads.ts'
import { openStore, type Store } from '../store/store.ts'
import { ACCOUNT, openTestGateway } from '../wire/testing.ts'
import { ecrService, type EcrOptions } from './ecr.ts'
import { OCI_MANIFEST } from './manifest.ts'

export { ACCOUNT }
export const OWNER = { kind: 'account', arn: 'arn:aws:iam::000000000000:root', accessKeyId: 'AKIATEST' } as const satisfies Principal
export const DEVICE = { kind: 'role-session', arn: 'arn:aws:sts::000000000000:assumed-role/device/pi', roleName: 'device', accessKeyId: 'ASIATEST' } as const satisfies Principal

type Operations = OperationsOf<typeof import('@aws-sdk/client-ecr')>

export interface EcrBench {
  readonly origin: string
  readonly store: Store
  readonly clock: Clock
  readonly call: <K extends keyof Operations>(operation: K, input: Parameters<NonNullable<Operations[K]>>[0], principal?: Principal) => Promise<Awaited<ReturnType<NonNullable<Operations[K]>>>>
  /** A request to the registry, by default with a fresh token of the account. */
  readonly fetch: (path: string, init?: RequestInit & { as?: Principal | 'nobody' }) => Promise<Response>
  readonly push: (repository: string, image: PushedImage) => Promise<{ readonly digest: string; readonly status: number; readonly body: string }>
}

export interface PushedImage {
  readonly tag?: string
  readonly layers?: readonly string[]
  readonly config?: object
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

export async function ecrBench({ store = openStore(':memory:'), ...options }: Partial<EcrOptions> = {}): Promise<EcrBench> {
  const clock = cloudClock(store)
  const downloads = signedDownloads(store, clock)
  const ecr = ecrService({ account: ACCOUNT, store, clock, log: silent, downloads, permits: (principal) => principal.kind === 'account', ...options })
  const { endpoint: origin } = await openTestGateway({ services: [ecr.service], routes: [ecr.route, downloads.route], clock })
  const operations = ecr.service.operations as Operations
  const call: EcrBench['call'] = async (operation, input, principal = OWNER) => {
    const run = operations[operation] as ((input: unknown, call: Call) => unknown) | undefined
    if (!run) throw new Error(`no operation ${operation}`)
    return (await run(input, { requestId: randomUUID(), principal, account: ACCOUNT, origin, headers: {} })) as never // typed by the operation's name
  }
  const authorization = async (as: Principal | 'nobody'): Promise<Record<string, string>> => {
    if (as === 'nobody') return {}
    const { authorizationData } = await call('GetAuthorizationToken', {}, as)
    return { authorization: `Basic ${authorizationData?.[0]?.authorizationToken ?? ''}` }
  }
  const request: EcrBench['fetch'] = async (path, { as = OWNER, headers, ...init } = {}) =>
    fetch(path.startsWith('http') ? path : `${origin}${path}`, { ...init, headers: { ...(await authorization(as)), ...(headers as Record<string, string> | undefined) } })
  const pushBlob = async (repository: string, bytes: Uint8Array) => {
    const begun = await request(`/v2/${repository}/blobs/uploads/`, { method: 'POST' })
    await request(`${begun.headers.get('location') ?? ''}?digest=${sha256(bytes)}`, { method: 'PUT', body: new Uint8Array(bytes) })
    return { digest: sha256(bytes), size: bytes.byteLength }
  }
  return {
    origin,
    store,
    clock,
    call,
    fetch: request,
    async push(repository, { tag, layers = ['layer'], config = {} }) {
      const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'
      const pushed = []
      for (const layer of layers) pushed.push({ mediaType, ...(await pushBlob(repository, Buffer.from(layer))) })
      const configuration = { mediaType: 'application/vnd.oci.image.config.v1+json', ...(await pushBlob(repository, Buffer.from(JSON.stringify(config)))) }
      const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config: configuration, layers: pushed }))
      const answer = await request(`/v2/${repository}/manifests/${tag ?? sha256(manifest)}`, { method: 'PUT', headers: { 'content-type': OCI_MANIFEST }, body: new Uint8Array(manifest) })
      return { digest: sha256(manifest), status: answer.status, body: await answer.text() }
    },
  }
}

export const sha256 = (bytes: Uint8Array | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
