// e2e/outsiders/device-sdks/javascript/web-socket.ts: MQTT over WebSocket, signed with Signature Version 4 by a role's session.
import assert from 'node:assert/strict'
import type { Judged } from '../judged.ts'
import { connect, type Version } from './connections.ts'

export async function judgeWebSocket({ trial, twin, fleet }: Judged, version: Version): Promise<void> {
  const tag = version.replaceAll(/\W/g, '')
  const open = (clientId: string, key = fleet.person) => connect({ twin, version, clientId, credentials: { key } })
  await trial.check(`${version} over WebSocket: a session of a role speaks as far as its policy goes`, async () => {
    await using connection = await open(`outsider-${tag}`)
    assert.equal(await connection.echo(`outsider/${tag}`, 'hello'), 'hello')
    trial.judged('MQTT broker', `WebSocket with Signature Version 4, ${version}`)
  })
  await trial.check(`${version} over WebSocket: who may not is refused`, async () => {
    await assert.rejects(open(`outsider-${tag}`, { ...fleet.person, secretAccessKey: 'wrong' }), 'a wrong secret')
    await assert.rejects(open(`outsider-${tag}`, { ...fleet.person, sessionToken: 'forged' }), 'a forged session token')
    await assert.rejects(open(`somebody-${tag}`), 'a client id that the policy does not allow')
    trial.judged('MQTT broker', `refused WebSocket connections, ${version}`)
  })
}
