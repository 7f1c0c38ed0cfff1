// e2e/outsiders/mosquitto/certificates.ts: who is let in by mutual TLS, and who is not.
import { UpdateCertificateCommand } from '@aws-sdk/client-iot'
import { expected, type Stage } from './clients.ts'

const AREA = 'MQTT: mutual TLS'

export async function certificatesAreChecked({ trial, twin, devices, clients }: Stage): Promise<void> {
  for (const version of ['mqttv311', 'mqttv5'] as const) {
    await trial.check(`an ACTIVE certificate with a policy is let in (${version})`, async () => {
      const outcome = await clients.publish({ device: devices.free, clientId: 'right', version }, 'a/b', 'x', '-q', '1')
      expected(outcome.exitCode === 0 && outcome.connack === 0, outcome, 'it was not let in')
      trial.judged(AREA, 'an ACTIVE certificate is let in')
    })
  }
  for (const [name, device] of Object.entries({ revoked: devices.revoked, INACTIVE: devices.inactive, foreign: devices.foreign, 'policy-less': devices.bare, missing: undefined })) {
    await trial.check(`a ${name} certificate is not let in`, async () => {
      const outcome = await clients.publish({ device, clientId: 'wrong' }, 'a/b', 'x', '-q', '1')
      expected(outcome.exitCode !== 0 && outcome.connack !== 0, outcome, 'it was let in')
      trial.judged(AREA, `a ${name} certificate is not let in`)
    })
  }
  await trial.check('a certificate without its key is not let in', async () => {
    const mixed = { certificateFile: devices.free.certificateFile, keyFile: devices.held.keyFile }
    const outcome = await clients.publish({ device: mixed, clientId: 'mixed' }, 'a/b', 'x', '-q', '1')
    expected(outcome.exitCode !== 0 && outcome.connack === undefined, outcome, 'it was let in')
  })
  await trial.check('a client that trusts another authority does not go on', async () => {
    const outcome = await clients.publish({ device: devices.free, clientId: 'doubting' }, 'a/b', 'x', '--cafile', devices.foreign.certificateFile)
    expected(outcome.exitCode !== 0 && outcome.connack === undefined, outcome, 'it took the server for right')
    trial.judged(AREA, 'the server proves who it is')
  })
  await trial.check('the connection of a certificate that is revoked ends', async () => {
    const device = devices.passing
    const listening = await clients.listen({ device, clientId: 'passing' }, ['never/said'], 1, '-W', '3')
    await devices.iot.send(new UpdateCertificateCommand({ certificateId: device.certificateId, newStatus: 'REVOKED' }))
    const outcome = await listening.outcome
    expected(outcome.connack === 0 && outcome.out.split('sending CONNECT').length > 2, outcome, 'the client had no reason to connect again') // it connects anew when it was cut off
    trial.judged(AREA, 'a live connection ends when its certificate is revoked')
  })
  await trial.check('a wrong port is no MQTT', async () => {
    const outcome = await clients.publish({ device: devices.free, clientId: 'lost' }, 'a/b', 'x', '-p', String(twin.gatewayPort))
    expected(outcome.exitCode !== 0 && outcome.connack === undefined, outcome, 'the gateway spoke MQTT')
  })
  await trial.check('after all that the right one is let in', async () => {
    const outcome = await clients.publish({ device: devices.free, clientId: 'right' }, 'a/b', 'x', '-q', '1')
    expected(outcome.exitCode === 0, outcome, 'it was not let in')
  })
}
