// e2e/outsiders/device-sdks/javascript/shadows.ts: classic and named shadows by the SDK's shadow client.
import assert from 'node:assert/strict'
import type { iotshadow, mqtt_request_response } from 'aws-iot-device-sdk-v2'
import type { Judged } from '../judged.ts'
import { connect, type Version } from './connections.ts'
import { listen } from './events.ts'
import { refusal } from './refused.ts'

/** The operations of one shadow, classic or named: they have other names and the same meaning. */
interface Shadow {
  get(): Promise<iotshadow.model.GetShadowResponse>
  update(request: Pick<iotshadow.model.UpdateShadowRequest, 'state' | 'version'>): Promise<iotshadow.model.UpdateShadowResponse>
  delete(): Promise<iotshadow.model.DeleteShadowResponse>
  deltas(): mqtt_request_response.StreamingOperation<iotshadow.model.ShadowDeltaUpdatedEvent>
  documents(): mqtt_request_response.StreamingOperation<iotshadow.model.ShadowUpdatedEvent>
}

const classic = (client: iotshadow.IotShadowClientv2, thingName: string): Shadow => ({
  get: () => client.getShadow({ thingName }),
  update: (request) => client.updateShadow({ thingName, ...request }),
  delete: () => client.deleteShadow({ thingName }),
  deltas: () => client.createShadowDeltaUpdatedStream({ thingName }),
  documents: () => client.createShadowUpdatedStream({ thingName }),
})

const named = (client: iotshadow.IotShadowClientv2, thingName: string): Shadow => {
  const of = { thingName, shadowName: 'led' }
  return {
    get: () => client.getNamedShadow(of),
    update: (request) => client.updateNamedShadow({ ...of, ...request }),
    delete: () => client.deleteNamedShadow(of),
    deltas: () => client.createNamedShadowDeltaUpdatedStream(of),
    documents: () => client.createNamedShadowUpdatedStream(of),
  }
}

export async function judgeShadows({ trial, twin, fleet }: Judged, version: Version): Promise<void> {
  const thingName = `shadowed-${version.replaceAll(/\W/g, '')}`
  const certificate = await fleet.device(thingName)
  await using connection = await connect({ twin, version, clientId: thingName, credentials: { certificate } })
  for (const [kind, shadow] of [['classic', classic(connection.shadows, thingName)] as const, ['named', named(connection.shadows, thingName)] as const]) {
    await trial.check(`${version}: the life of a ${kind} shadow`, async () => {
      await live(shadow)
      trial.judged('Device shadows', `${kind}: get, update, delta, documents, version conflict, delete, ${version}`)
    })
  }
}

async function live(shadow: Shadow): Promise<void> {
  using deltas = await listen(shadow.deltas())
  using documents = await listen(shadow.documents())
  assert.equal((await refusal(shadow.get()))['code'], 404)

  const first = await shadow.update({ state: { desired: { frequencyHz: 5 }, reported: { frequencyHz: 1 } } })
  assert.partialDeepStrictEqual(first, { version: 1, state: { desired: { frequencyHz: 5 }, reported: { frequencyHz: 1 } } })
  assert.partialDeepStrictEqual(await deltas.first(({ version }) => version === 1), { state: { frequencyHz: 5 } })

  const conflict = await refusal(shadow.update({ state: { desired: { frequencyHz: 9 } }, version: 7 }))
  assert.equal(conflict['code'], 409)
  assert.match(String(conflict['message']), /version conflict/i)

  await shadow.update({ state: { reported: { frequencyHz: 5 } }, version: 1 })
  assert.partialDeepStrictEqual(await documents.first(({ current }) => current?.version === 2), { previous: { version: 1, state: { reported: { frequencyHz: 1 } } }, current: { version: 2, state: { reported: { frequencyHz: 5 } } } })
  const { state, version, metadata } = await shadow.get()
  assert.deepEqual([version, state], [2, { desired: { frequencyHz: 5 }, reported: { frequencyHz: 5 } }])
  assert.ok(metadata?.reported !== undefined)

  assert.equal((await shadow.delete()).version, 2)
  assert.equal((await refusal(shadow.get()))['code'], 404)
  assert.equal((await shadow.update({ state: { reported: { back: true } } })).version, 3) // AWS: «deleting a shadow does not reset its version to 0»
}
