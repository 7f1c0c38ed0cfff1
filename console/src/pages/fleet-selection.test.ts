// console/src/pages/fleet-selection.test.ts: which devices are shown, in which order; what is not known comes last.
import { expect, test } from 'vitest'
import type { Device } from '../cloud/fleet.ts'
import type { Details } from './fleet/details.ts'
import { isQuery, selected, type Selection } from './fleet-selection.ts'

const device = (serial: string, changes: Partial<Device> = {}): Device => ({ serial, isOnline: true, isSuspended: false, seenAt: undefined, ...changes })
const details = (changes: Partial<Details>): Details => ({ components: undefined, health: undefined, certificateDays: undefined, ...changes })
const version = (text: string) => [{ name: 'fleetwright.led', version: text, state: 'RUNNING' }]

const FLEET = [device('a1', { seenAt: new Date(3) }), device('b2', { isOnline: false, seenAt: new Date(1) }), device('c3', { isSuspended: true }), device('d4')]
const KNOWN = new Map([
  ['a1', details({ health: 'unhealthy', certificateDays: 40, components: version('0.1.9') })],
  ['b2', details({ health: 'healthy', certificateDays: 7, components: version('0.1.7') })],
  ['d4', details({ health: 'healthy', certificateDays: 170, components: [] })],
])
const ALL: Selection = { q: '', filter: 'all', by: 'serial', isDescending: false, details: KNOWN, unhealthy: new Set(['a1']) }

test.each<[string, Partial<Selection>, string]>([
  ['by serial number', {}, 'a1 b2 c3 d4'],
  ['the other way', { isDescending: true }, 'd4 c3 b2 a1'],
  ['by when it was seen', { by: 'seen' }, 'b2 a1 c3 d4'],
  ['by when it was seen, latest first', { by: 'seen', isDescending: true }, 'a1 b2 c3 d4'],
  ['by health', { by: 'health' }, 'b2 d4 a1 c3'],
  ['by health, the unhealthy first', { by: 'health', isDescending: true }, 'a1 b2 d4 c3'],
  ['by the age of the certificate', { by: 'certificate' }, 'b2 a1 d4 c3'],
  ['by the age of the certificate, oldest first', { by: 'certificate', isDescending: true }, 'd4 a1 b2 c3'],
  ['by components', { by: 'components' }, 'b2 a1 d4 c3'],
  ['by a column that there is not', { by: '__proto__' }, 'a1 b2 c3 d4'],
  ['online ones', { filter: 'online' }, 'a1 c3 d4'],
  ['offline ones', { filter: 'offline' }, 'b2'],
  ['unhealthy ones', { filter: 'unhealthy' }, 'a1'],
  ['suspended ones', { filter: 'suspended' }, 'c3'],
  ['a part of a serial number', { q: ' B ' }, 'b2'],
  ['a query is not a part of a serial number', { q: 'connectivity.connected:true' }, 'a1 b2 c3 d4'],
])('%s', (_case, changes, expected) => {
  expect(selected(FLEET, { ...ALL, ...changes }).map(({ serial }) => serial).join(' ')).toBe(expected)
})

test('a word with a colon is meant for the fleet index', () => {
  expect([isQuery('shadow.name.led.reported.on:true'), isQuery('10000000')]).toEqual([true, false])
})
