// e2e/outsiders/mosquitto/policies.ts: what a policy does not allow does not happen: connect, publish, subscribe, receive.
import { expected, same, type Stage } from './clients.ts'

const AREA = 'MQTT: policies'
const CLOSED = /connection was lost|lost connection|connection refused|not authori[sz]ed/i

export async function policiesHold({ trial, devices: { free, held }, clients }: Stage): Promise<void> {
  const me = { device: held, clientId: 'held-1' }
  await trial.check('a client id that the policy does not name is not let in', async () => {
    const outcome = await clients.publish({ device: held, clientId: 'other' }, 'up/other/x', 'x', '-q', '1')
    expected(outcome.exitCode !== 0 && outcome.connack !== 0, outcome, 'it was let in')
    trial.judged(AREA, 'iot:Connect by client id')
  })
  await trial.check('what may be published arrives', async () => {
    const listening = await clients.listen({ device: free, clientId: 'ear-1' }, ['up/#', 'shared/#'], 2)
    for (const topic of ['up/held-1/x', 'shared/in']) {
      const outcome = await clients.publish(me, topic, 'x', '-q', '1')
      expected(outcome.exitCode === 0, outcome, `${topic} was not taken`)
    }
    same(await listening.heard, ['up/held-1/x x', 'shared/in x'])
    trial.judged(AREA, 'iot:Publish with a policy variable')
  })
  for (const [why, topic] of Object.entries({ 'of another client': 'up/held-2/x', 'that is denied beside being allowed': 'up/held-1/never', 'that nobody mentions': 'elsewhere' })) {
    await trial.check(`a topic ${why} ends the connection, and nothing arrives`, async () => {
      const listening = await clients.listen({ device: free, clientId: 'ear-2' }, ['#'], 1)
      const outcome = await clients.publish(me, topic, 'secret', '-q', '1')
      expected(outcome.connack === 0 && (outcome.exitCode !== 0 || CLOSED.test(outcome.out + outcome.err)), outcome, 'it was taken')
      await clients.publish({ device: free, clientId: 'mouth' }, 'after/it', 'x', '-q', '1')
      same(await listening.heard, ['after/it x'])
      trial.judged(AREA, 'what is not allowed ends the connection')
    })
  }
  await trial.check('in MQTT 5 the answer to such a publish says why, and the connection lives', async () => {
    const outcome = await clients.publish({ ...me, version: 'mqttv5' }, 'up/held-2/x', 'x', '-q', '1')
    expected(outcome.connack === 0 && /RC:135|Not authori[sz]ed/i.test(outcome.out + outcome.err), outcome, 'reason 135 is missing')
    trial.judged(AREA, 'MQTT 5 reason codes')
  })
  await trial.check('an unauthorised subscription ends the connection', async () => {
    const outcome = await clients.subscribeOnly(me, 'down/held-2/#', '-q', '1', '-W', '2')
    expected(outcome.connack === 0 && !/Subscribed \(mid: \d+\): [01]\b/.test(outcome.out), outcome, 'it was granted')
    trial.judged(AREA, 'iot:Subscribe by filter')
  })
  await trial.check('of a wider filter only what may be received is delivered', async () => {
    const listening = await clients.listen(me, ['mixed/#', 'down/held-1/#'], 2)
    for (const topic of ['mixed/closed', 'mixed/open', 'down/held-1/a']) await clients.publish({ device: free, clientId: 'mouth' }, topic, 'x', '-q', '1')
    same(await listening.heard, ['mixed/open x', 'down/held-1/a x'])
    trial.judged(AREA, 'iot:Receive by topic')
  })
}
