// sandbox/src/cloud/iot-core/broker/session.test.ts: the window of unacknowledged messages, without a network.
import { expect, test } from 'vitest'
import { openStore } from '../../store/store.ts'
import { AWS_LIMITS } from './limits.ts'
import type { Message } from './message.ts'
import { openOutbox } from './outbox.ts'
import { newSession, type Link } from './session.ts'

const message = (topic: string): Message => ({ topic, payload: Buffer.from(topic), qos: 1, retain: false, clientId: 'p' })

function setUp({ persistent, window }: { persistent: boolean; window: number }) {
  const outbox = openOutbox(openStore(':memory:'))
  const session = newSession({ clientId: 's', outbox, limits: { ...AWS_LIMITS, waitingForCleanSession: 5 }, nowMs: () => 0, persistent, expirySeconds: 60 })
  const sent: [topic: string, messageId: number | undefined][] = []
  const link: Link = { window, mayReceive: (topic) => topic !== 'denied', publish: ({ topic }, { messageId }) => void sent.push([topic, messageId]) }
  return { session, sent, link, outbox }
}

test('no more than the window is under way; each acknowledgement lets the next one go', () => {
  const { session, sent, link } = setUp({ persistent: false, window: 2 })
  session.attach(link)
  for (const topic of ['a', 'b', 'c', 'd']) session.deliver(message(topic), { qos: 1, retain: false })
  expect(sent).toEqual([['a', 1], ['b', 2]])
  session.acknowledge(2)
  session.acknowledge(2)
  expect(sent.slice(2)).toEqual([['c', 3]])
})

test('a clean session drops what exceeds its memory, a persistent one keeps all', () => {
  const clean = setUp({ persistent: false, window: 0 })
  clean.session.attach(clean.link)
  for (let i = 0; i < 9; i++) clean.session.deliver(message(`${i}`), { qos: 1, retain: false })
  clean.session.attach({ ...clean.link, window: 100 })
  expect(clean.sent).toEqual([])
  const kept = setUp({ persistent: true, window: 0 })
  for (let i = 0; i < 9; i++) kept.session.deliver(message(`${i}`), { qos: 1, retain: false })
  kept.session.attach({ ...kept.link, window: 100 })
  expect(kept.sent).toHaveLength(9)
})

test('what the client may not receive is dropped when its turn comes', () => {
  const { session, sent, link, outbox } = setUp({ persistent: true, window: 10 })
  for (const topic of ['denied', 'a']) session.deliver(message(topic), { qos: 1, retain: false })
  session.attach(link)
  expect(sent).toEqual([['a', 1]])
  expect(outbox.all('s').map(({ message: { topic } }) => topic)).toEqual(['a'])
})

test('after a lost connection the same messages go again, in the same order, and numbering goes on after a restart', () => {
  const { session, sent, link, outbox } = setUp({ persistent: true, window: 2 })
  session.attach(link)
  for (const topic of ['a', 'b', 'c']) session.deliver(message(topic), { qos: 1, retain: false })
  session.acknowledge(1)
  session.detach()
  sent.length = 0
  const restarted = newSession({ clientId: 's', outbox, limits: AWS_LIMITS, nowMs: () => 0, persistent: true, expirySeconds: 60 })
  restarted.deliver(message('d'), { qos: 1, retain: false })
  restarted.attach({ ...link, window: 10 })
  expect(sent.map(([topic]) => topic)).toEqual(['b', 'c', 'd'])
})
