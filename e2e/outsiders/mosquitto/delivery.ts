// e2e/outsiders/mosquitto/delivery.ts: QoS 0 and 1, retained messages, persistent sessions, last will.
import { expected, same, type Stage } from './clients.ts'

const AREA = 'MQTT: delivery'

export async function deliveryKeepsItsPromises({ trial, devices: { free }, clients }: Stage): Promise<void> {
  const mouth = { device: free, clientId: 'mouth' }
  const say = async (topic: string, message: string, ...more: readonly string[]) => {
    const outcome = await clients.publish(mouth, topic, message, '-q', '1', ...more)
    expected(outcome.exitCode === 0, outcome, `${topic} was not taken`)
  }
  for (const version of ['mqttv311', 'mqttv5'] as const) {
    for (const qos of ['0', '1']) {
      await trial.check(`a message arrives at QoS ${qos} (${version})`, async () => {
        const listening = await clients.listen({ device: free, clientId: 'ear', version }, [`qos/${version}/${qos}`], 1, '-q', qos)
        const outcome = await clients.publish({ ...mouth, version }, `qos/${version}/${qos}`, 'hello', '-q', qos)
        expected(outcome.exitCode === 0 && (qos === '0' || /received PUBACK/.test(outcome.out)), outcome, 'there was no acknowledgement')
        same(await listening.heard, [`qos/${version}/${qos} hello`])
        trial.judged(AREA, `QoS ${qos}`)
      })
    }
  }
  await trial.check('a retained message comes to who subscribes later, until it is deleted', async () => {
    await say('kept/one', 'still here', '-r')
    const first = await clients.listen({ device: free, clientId: 'late-1' }, ['kept/one'], 1)
    same(await first.heard, ['kept/one still here'])
    const deleted = await clients.publishFile(mouth, 'kept/one', undefined, '-q', '1', '-r')
    expected(deleted.exitCode === 0, deleted, 'it was not deleted')
    const second = await clients.listen({ device: free, clientId: 'late-2' }, ['kept/one', 'kept/mark'], 1)
    await say('kept/mark', 'x')
    same(await second.heard, ['kept/mark x'])
    trial.judged(AREA, 'retained messages')
  })
  await trial.check('a persistent session gets what was said while it was away, once', async () => {
    const away = { device: free, clientId: 'away' }
    const left = await clients.subscribeOnly(away, 'stored/#', '-c', '-q', '1')
    expected(left.exitCode === 0, left, 'it was not subscribed')
    for (const message of ['one', 'two', 'three']) await say('stored/x', message)
    const back = await clients.listen(away, ['stored/#'], 99, '-c', '-q', '1', '-W', '4') // one that ends at its last message may not have acknowledged it
    same(await back.heard, ['stored/x one', 'stored/x two', 'stored/x three'])
    const again = await clients.listen(away, ['stored/#'], 1, '-c', '-q', '1')
    await say('stored/x', 'four')
    same(await again.heard, ['stored/x four'])
    trial.judged(AREA, 'persistent sessions')
  })
  await trial.check('a clean session forgets', async () => {
    const away = { device: free, clientId: 'forgetful' }
    await clients.subscribeOnly(away, 'forgotten/#', '-c', '-q', '1')
    await clients.subscribeOnly(away, 'other/#', '-q', '1')
    await say('forgotten/x', 'one')
    const back = await clients.listen(away, ['forgotten/#'], 1, '-c', '-q', '1')
    await say('forgotten/x', 'two')
    same(await back.heard, ['forgotten/x two'])
    trial.judged(AREA, 'clean sessions')
  })
  await trial.check('a last will is said for who is cut off, and not for who leaves', async () => {
    const ear = await clients.listen({ device: free, clientId: 'heir' }, ['will/#'], 2)
    const leaving = await clients.subscribeOnly({ device: free, clientId: 'leaver' }, 'x', '--will-topic', 'will/left', '--will-payload', 'gone')
    expected(leaving.exitCode === 0, leaving, 'it could not leave')
    const dying = await clients.listen({ device: free, clientId: 'victim' }, ['x'], 1, '--will-topic', 'will/died', '--will-payload', 'gone', '--will-qos', '1')
    const usurper = await clients.listen({ device: free, clientId: 'victim' }, ['taken/over'], 1) // takes over the client id: the first one is cut off
    await say('will/mark', 'x')
    await say('taken/over', 'x')
    same([...(await ear.heard)].sort(), ['will/died gone', 'will/mark x'])
    await Promise.all([usurper.outcome, dying.outcome])
    trial.judged(AREA, 'last will')
  })
}
