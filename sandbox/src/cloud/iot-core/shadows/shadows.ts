// sandbox/src/cloud/iot-core/shadows/shadows.ts: the Device Shadow service: keeps shadows, and tells on their topics what changed.
import type { Clock } from '../../clock.ts'
import type { DeviceMessage, MessageBus } from '../../ports.ts'
import { keyOf, partsOf, type Store } from '../../store/store.ts'
import type { JsonObject } from '../json.ts'
import { documentOf, update, type Shadow } from './shadow-document.ts'
import { clientTokenOf, isRefusal, readUpdate, SHADOW_BYTES, type ShadowRefusal } from './shadow-request.ts'

/** Which shadow: the classic one has no name. */
export interface ShadowId {
  readonly thingName: string
  readonly shadowName?: string
}

/** The answers are those documents that AWS sends to `/accepted` and `/rejected`. */
export interface Shadows {
  get(id: ShadowId): JsonObject | ShadowRefusal
  /** Also tells `/update/accepted`, `/update/delta`, `/update/documents`. */
  update(id: ShadowId, payload: Uint8Array): Promise<JsonObject | ShadowRefusal>
  delete(id: ShadowId): Promise<JsonObject | ShadowRefusal>
  /** Names of the thing's named shadows after `after`, in order. */
  names(thingName: string, page: { readonly after?: string; readonly limit: number }): { readonly names: readonly string[]; readonly next: string | undefined }
  /** State, metadata and version as they are stored; for services beside this one. */
  find(id: ShadowId): Shadow | undefined
}

export interface ShadowsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly bus: MessageBus
}

export function openShadows({ store, clock, bus }: ShadowsOptions): Shadows {
  const shadows = store.table<Shadow>('shadows')
  const lastVersions = store.table<number>('shadow_versions') // of deleted shadows: the next one goes on counting
  const nowSeconds = () => Math.floor(clock.now().getTime() / 1000)
  const tell = (id: ShadowId, suffix: string, document: object) => bus.publish({ topic: `${prefixOf(id)}/${suffix}`, payload: JSON.stringify(document), qos: 1 })

  const remembered = (key: string): Shadow | undefined => {
    const version = lastVersions.get(key)
    return version === undefined ? undefined : { state: {}, metadata: {}, version }
  }
  const service: Shadows = {
    find: (id) => shadows.get(keyOfShadow(id)),
    get(id) {
      const shadow = shadows.get(keyOfShadow(id))
      return shadow ? documentOf(shadow, nowSeconds()) : notFound(id)
    },
    async update(id, payload) {
      const request = readUpdate(payload)
      if (isRefusal(request)) return request
      const token = request.clientToken === undefined ? {} : { clientToken: request.clientToken }
      const key = keyOfShadow(id)
      const last = shadows.get(key) ?? remembered(key)
      if (request.version !== undefined && request.version !== (last?.version ?? 0)) return { code: 409, message: 'Version conflict', ...token }
      const { shadow, accepted, delta, documents } = update(last, request, nowSeconds())
      if (Buffer.byteLength(JSON.stringify(shadow.state)) > SHADOW_BYTES) return { code: 413, message: 'The payload exceeds the maximum size allowed', ...token }
      shadows.put(key, shadow)
      await tell(id, 'update/accepted', accepted)
      if (delta) await tell(id, 'update/delta', delta)
      await tell(id, 'update/documents', documents)
      return accepted
    },
    async delete(id) {
      const key = keyOfShadow(id)
      const shadow = shadows.get(key)
      if (!shadow) return notFound(id)
      store.transaction(() => (shadows.delete(key), lastVersions.put(key, shadow.version)))
      return { version: shadow.version, timestamp: nowSeconds() }
    },
    names(thingName, { after = '', limit }) {
      const { items, next } = shadows.page({ prefix: keyOf(thingName, ''), after: keyOf(thingName, after), limit })
      return { names: items.map(([key]) => partsOf(key)[1] ?? ''), next: next && partsOf(next)[1] }
    },
  }
  serveTopics(bus, service, tell)
  return service
}

const keyOfShadow = ({ thingName, shadowName = '' }: ShadowId) => keyOf(thingName, shadowName)
const prefixOf = ({ thingName, shadowName }: ShadowId) => `$aws/things/${thingName}/shadow${shadowName === undefined ? '' : `/name/${shadowName}`}`
const notFound = ({ thingName, shadowName }: ShadowId): ShadowRefusal => ({ code: 404, message: `No shadow exists with name: '${shadowName ?? thingName}'` })

/** Requests may be subscribed to like the answers (AWS IoT guide, «Reserved topics»); by HTTP there are no answers on topics but those of an update. */
function serveTopics(bus: MessageBus, shadows: Shadows, tell: (id: ShadowId, suffix: string, document: object) => Promise<void>): void {
  const operations = {
    get: async (id: ShadowId) => shadows.get(id),
    update: async (id: ShadowId, payload: Uint8Array) => shadows.update(id, payload),
    delete: async (id: ShadowId) => shadows.delete(id),
  }
  for (const [verb, run] of Object.entries(operations)) {
    const handle = async ({ topic, payload }: DeviceMessage) => {
      const id = idOf(topic)
      const answer = await run(id, payload)
      if (isRefusal(answer)) return tell(id, `${verb}/rejected`, { ...answer, ...clientTokenOf(payload) })
      return verb === 'update' ? undefined : tell(id, `${verb}/accepted`, { ...answer, ...clientTokenOf(payload) })
    }
    bus.reserve(`$aws/things/+/shadow/${verb}`, handle, { alsoDeliver: true })
    bus.reserve(`$aws/things/+/shadow/name/+/${verb}`, handle, { alsoDeliver: true })
  }
}

/** `$aws/things/<thing>/shadow/…` or `$aws/things/<thing>/shadow/name/<name>/…` */
function idOf(topic: string): ShadowId {
  const [, , thingName = '', , name, shadowName] = topic.split('/')
  return name === 'name' && shadowName !== undefined ? { thingName, shadowName } : { thingName }
}
