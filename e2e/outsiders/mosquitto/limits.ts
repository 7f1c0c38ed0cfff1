// e2e/outsiders/mosquitto/limits.ts: what AWS does not take: QoS 2, large payloads, deep and long topics, reserved names; the broker goes on all the same.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expected, same, type Stage } from './clients.ts'

const AREA = 'MQTT: limits'
const LARGEST = 128 * 1024 // bytes of payload (AWS IoT Core quotas, «Message broker and protocol»)

export async function limitsHold({ trial, devices: { free }, clients }: Stage): Promise<void> {
  const mouth = { device: free, clientId: 'mouth' }
  const file = (bytes: number) => {
    const path = join(trial.folder, `${bytes}.bin`)
    writeFileSync(path, 'x'.repeat(bytes))
    return path
  }
  await trial.check('a payload of 128 KB arrives', async () => {
    const listening = await clients.listen({ device: free, clientId: 'ear' }, ['large/#'], 1, '-F', 'heard %l')
    const outcome = await clients.publishFile(mouth, 'large/x', file(LARGEST), '-q', '1')
    expected(outcome.exitCode === 0, outcome, 'it was not taken')
    same(await listening.heard, [String(LARGEST)])
    trial.judged(AREA, 'payloads of 128 KB')
  })
  await trial.check('one byte more ends the connection, and does not arrive', async () => {
    const listening = await clients.listen({ device: free, clientId: 'ear' }, ['large/#'], 1)
    const outcome = await clients.publishFile(mouth, 'large/x', file(LARGEST + 1), '-q', '1')
    expected(outcome.connack === 0 && outcome.exitCode !== 0, outcome, 'it was taken')
    await clients.publish(mouth, 'large/mark', 'x', '-q', '1')
    same(await listening.heard, ['large/mark x'])
    trial.judged(AREA, 'larger payloads are refused')
  })
  await trial.check('a publish at QoS 2 is not taken', async () => {
    const listening = await clients.listen({ device: free, clientId: 'ear' }, ['two/#'], 1)
    const outcome = await clients.publish({ ...mouth, withinMs: 2000 }, 'two/x', 'x', '-q', '2')
    expected(outcome.connack === 0 && !/received PUBREC|received PUBCOMP/.test(outcome.out) && outcome.exitCode !== 0, outcome, 'it was taken')
    await clients.publish(mouth, 'two/mark', 'x', '-q', '1')
    same(await listening.heard, ['two/mark x'])
    trial.judged(AREA, 'QoS 2 is refused')
  })
  await trial.check('a subscription at QoS 2 is not granted', async () => {
    const outcome = await clients.subscribeOnly({ device: free, clientId: 'ear' }, 'two/#', '-q', '2', '-W', '2')
    expected(outcome.connack === 0 && !/received SUBACK|Subscribed/.test(outcome.out), outcome, 'it was granted')
  })
  for (const [what, topic] of Object.entries({ 'eight slashes': 'a/b/c/d/e/f/g/h/i', '257 bytes': 'x'.repeat(257), 'a reserved name': '$mine/x' })) {
    await trial.check(`a topic with ${what} is not taken`, async () => {
      const outcome = await clients.publish(mouth, topic, 'x', '-q', '1')
      expected(outcome.exitCode !== 0, outcome, 'it was taken')
      trial.judged(AREA, `a topic with ${what} is refused`)
    })
  }
  await trial.check('nine filters in one SUBSCRIBE are too many, eight are not', async () => {
    const filters = (count: number) => Array.from({ length: count }, (_, number) => ['-t', `many/${number}`]).flat()
    const eight = await clients.subscribeOnly({ device: free, clientId: 'ear' }, 'many/x', ...filters(7))
    expected(eight.exitCode === 0, eight, 'eight were not taken')
    const nine = await clients.subscribeOnly({ device: free, clientId: 'ear' }, 'many/x', ...filters(8), '-W', '2')
    expected(!/received SUBACK/.test(nine.out), nine, 'nine were taken')
    trial.judged(AREA, 'eight filters in a SUBSCRIBE')
  })
  await trial.check('after all that the broker goes on', async () => {
    const listening = await clients.listen({ device: free, clientId: 'ear' }, ['well/#'], 1)
    await clients.publish(mouth, 'well/x', 'x', '-q', '1')
    same(await listening.heard, ['well/x x'])
  })
}
