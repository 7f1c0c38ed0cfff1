// ops/src/status/render.test.ts: how devices stand, as the operator reads it.
import { expect, test } from 'vitest'
import { plain } from '../shell/paint.ts'
import type { DeviceStatus } from './device-status.ts'
import { renderDevice, renderFleet } from './render.ts'

const at = '2026-11-21T12:00:00.000Z'
const devices: DeviceStatus[] = [
  { serial: 'aaaa0001', state: 'active', connected: true, led: { frequencyHz: 5, on: true, wishedHz: 99, refused: 'too \u001b[2Jfast' }, buttonPresses: 1, health: 'healthy', lastSeen: '2026-11-21T11:59:00.000Z', certificate: { id: 'ab12cd34'.repeat(8), createdAt: '2026-11-11T12:00:00.000Z', ageDays: 10 }, lastRotation: { jobId: 'rotate-1', stage: 'done', at: '2026-11-11T12:00:03.000Z' }, osUpdate: { id: '2026-11', state: 'done', attempt: 2, changed: 1, packages: ['openssl 3.0.15-1 → 3.0.16-1'], rebootPending: true, at }, components: [{ name: 'fleetwright.led', version: '0.1.7', state: 'RUNNING' }, { name: 'aws.greengrass.LogManager', version: '2.3.10', state: 'RUNNING' }, { name: 'other', version: '1.0.0', state: 'BROKEN' }] },
  { serial: 'aaaa0002', state: 'active', connected: false, led: { frequencyHz: 1, on: false, wishedHz: 2 }, lastRotation: { jobId: 'rotate-2', stage: 'rolled back', at: '2026-11-20T12:00:00.000Z' }, osUpdate: { id: '2026-11', state: 'failed', attempt: 1, why: 'no \u001b[2Jmirror', at } },
  { serial: 'bbbb0001', state: 'waiting' },
]

test('a table', () => {
  expect(renderFleet({ stage: 'dev', at, devices }, plain)).toBe(
    [
      'SERIAL    STATE    CONNECTED  LED                      BUTTON   HEALTH   CERTIFICATE     ROTATED                 OS UPDATE                LAST SEEN  COMPONENTS',
      'aaaa0001  active   yes        5 Hz on (99 Hz refused)  1 press  healthy  ab12cd34, 10 d  2026-11-11              2026-11, reboot pending  1 min ago  led 0.1.7, other 1.0.0 BROKEN',
      'aaaa0002  active   no         1 Hz off → 2 Hz                                            rolled back 2026-11-20  2026-11 failed',
      'bbbb0001  waiting',
      '',
      '3 devices: 2 active, 1 waiting; 1 connected',
    ].join('\n'),
  )
})

test('an empty stage says how to begin; a brief table has no columns of what was not asked', () => {
  expect(renderFleet({ stage: 'dev', at, devices: [] }, plain)).toContain('fleet allowlist apply')
  expect(renderFleet({ stage: 'dev', at, devices: [{ serial: 'aaaa0001', state: 'active', health: 'healthy' }] }, plain)).toBe('SERIAL    STATE   HEALTH\naaaa0001  active  healthy\n\n1 device: 1 active')
})

test('one device, with the reason of a refusal that cannot command the terminal', () => {
  const [device] = devices
  if (!device) throw new Error('no device')
  expect(renderDevice(device, new Date(at), plain)).toContain('refused     too \\u001b[2Jfast')
  expect(renderDevice(device, new Date(at), plain)).toContain(`OS update   2026-11 done, attempt 2, 1 package changed, a reboot is pending (${at})\n            openssl 3.0.15-1 → 3.0.16-1\n`)
  expect(renderDevice(devices[1] ?? device, new Date(at), plain)).toContain(`OS update   2026-11 failed (${at})\n            no \\u001b[2Jmirror`)
  expect(renderDevice({ serial: 'aaaa', state: 'suspended', suspendedAt: at }, new Date(at), plain)).toContain(`suspended since ${at}: put its line back`)
})
