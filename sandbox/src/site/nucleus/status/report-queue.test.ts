// sandbox/src/site/nucleus/status/report-queue.test.ts: what waits for its turn, what does not, and what is not worth telling any more.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { textOf } from '../json.ts'
import type { StatusMessage, Trigger } from './fleet-status-message.ts'
import { reportQueue } from './report-queue.ts'

const START = 1_000_000
const message = (trigger: Trigger): StatusMessage => ({ ggcVersion: '2.18.0', platform: 'linux', architecture: 'amd64', thing: 'core', sequenceNumber: 7, timestamp: START, trigger, deployment: undefined, overallStatus: 'HEALTHY' })
const told = (componentName: string, status: string) => ({ componentName, status })

beforeEach(() => void vi.useFakeTimers({ now: START }))
afterEach(() => void vi.useRealTimers())

function queue() {
  const published: string[] = []
  const { offer, stop } = reportQueue({
    spacingMs: 3000,
    now: Date.now,
    publish: ({ timestamp, trigger }, components) => published.push(`${timestamp - START} ${trigger} ${components.map(({ componentName, status }) => `${textOf(componentName)} ${textOf(status)}`).join(', ')}`),
  })
  return { published, offer, stop }
}

test('changes of state have 3 s between them; a deployment does not wait', () => {
  const { published, offer } = queue()
  offer(message('COMPONENT_STATUS_CHANGE'), [told('one', 'ERRORED')])
  offer(message('COMPONENT_STATUS_CHANGE'), [told('one', 'RUNNING')])
  offer(message('THING_DEPLOYMENT'), [told('two', 'RUNNING')])
  expect(published).toEqual(['0 COMPONENT_STATUS_CHANGE one ERRORED', '0 THING_DEPLOYMENT two RUNNING'])
  vi.advanceTimersByTime(3000)
  expect(published.at(-1)).toBe('3000 COMPONENT_STATUS_CHANGE one RUNNING')
})

test('what waits says nothing of a component that a deployment has told of since', () => {
  const { published, offer } = queue()
  offer(message('COMPONENT_STATUS_CHANGE'), [told('bad', 'ERRORED')])
  offer(message('COMPONENT_STATUS_CHANGE'), [told('bad', 'ERRORED')])
  offer(message('COMPONENT_STATUS_CHANGE'), [told('bad', 'ERRORED'), told('other', 'ERRORED')])
  offer(message('THING_DEPLOYMENT'), [told('bad', 'RUNNING')])
  vi.advanceTimersByTime(60_000)
  expect(published).toEqual(['0 COMPONENT_STATUS_CHANGE bad ERRORED', '0 THING_DEPLOYMENT bad RUNNING', '6000 COMPONENT_STATUS_CHANGE other ERRORED'])
})

test('stopped, it tells nothing more', () => {
  const { published, offer, stop } = queue()
  offer(message('COMPONENT_STATUS_CHANGE'), [told('one', 'ERRORED')])
  offer(message('COMPONENT_STATUS_CHANGE'), [told('one', 'RUNNING')])
  stop()
  vi.advanceTimersByTime(60_000)
  expect(published).toHaveLength(1)
})
