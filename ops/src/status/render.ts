// ops/src/status/render.ts: how devices stand, as a table, or one of them line by line.
import { ago } from '../shell/ago.ts'
import type { Paint } from '../shell/paint.ts'
import { printable, table } from '../shell/table.ts'
import type { CertificateStatus, LastRotation } from './certificate-status.ts'
import type { DeviceState, DeviceStatus, FleetStatus, LedStatus, OsUpdateStatus } from './device-status.ts'

const HEAD = ['SERIAL', 'STATE', 'CONNECTED', 'LED', 'BUTTON', 'HEALTH', 'CERTIFICATE', 'ROTATED', 'OS UPDATE', 'LAST SEEN', 'COMPONENTS']
const STYLES = { active: 'green', waiting: 'yellow', suspended: 'red', refused: 'red' } as const

export function renderFleet({ stage, at, devices }: FleetStatus, paint: Paint): string {
  if (devices.length === 0) return `Stage ${stage} has no devices. Put serial numbers into allowlist.txt, then: fleet allowlist apply`
  const rows = devices.map((device) => row(device, new Date(at), paint))
  return [table(HEAD, rows, paint), '', summary(devices)].join('\n')
}

function row(device: DeviceStatus, now: Date, paint: Paint): string[] {
  const { serial, state, connected, led, buttonPresses, health, certificate, lastRotation, osUpdate, lastSeen, why } = device
  return [
    serial,
    paint(STYLES[state], state),
    connected === undefined ? '' : connected ? 'yes' : 'no',
    led ? ledText(led) : '',
    buttonPresses === undefined ? '' : `${buttonPresses} ${buttonPresses === 1 ? 'press' : 'presses'}`,
    health === 'unhealthy' ? paint('red', health) : (health ?? ''),
    certificate === undefined ? '' : certificateText(certificate),
    lastRotation === undefined ? '' : rotationText(lastRotation, paint),
    osUpdate === undefined ? '' : osUpdateText(osUpdate, paint),
    lastSeen === undefined ? '' : ago(new Date(lastSeen), now),
    why ?? componentsText(device, paint),
  ]
}

const certificateText = ({ id, ageDays }: CertificateStatus) => `${id.slice(0, SHORT)}, ${ageDays} d`
const SHORT = 8

/** By its date: the cloud's clock need not be this machine's. */
function rotationText({ stage, at }: LastRotation, paint: Paint): string {
  const day = at === undefined ? '' : ` ${at.slice(0, 10)}`
  return stage === 'done' ? day.trim() : `${stage === 'rolled back' ? paint('red', stage) : stage}${day}`
}

/** Done is as it shall be and not said; one that fails is repeated by the device. */
function osUpdateText({ id, state, rebootPending }: OsUpdateStatus, paint: Paint): string {
  if (state === 'done') return rebootPending === true ? `${printable(id)}, ${paint('yellow', 'reboot pending')}` : printable(id)
  return `${printable(id)} ${state === 'failed' ? paint('red', state) : state}`
}

function osUpdateLines({ id, state, attempt, why, changed, packages, rebootPending, at }: OsUpdateStatus): [string, string][] {
  const count = changed === undefined || changed === null ? '' : `, ${changed} ${changed === 1 ? 'package' : 'packages'} changed`
  const tries = attempt > 1 ? `, attempt ${attempt}` : ''
  return [
    ['OS update', printable(`${id} ${state}${tries}${count}${rebootPending === true ? ', a reboot is pending' : ''} (${at})`)],
    ...(why === undefined || why === null ? [] : [['', printable(why)] satisfies [string, string]]),
    ...(packages ?? []).map((line): [string, string] => ['', printable(line)]),
  ]
}

function ledText({ frequencyHz, on, wishedHz, refused }: LedStatus): string {
  const wish = wishedHz === undefined ? '' : refused === undefined ? ` → ${wishedHz} Hz` : ` (${wishedHz} Hz refused)`
  return `${frequencyHz} Hz ${on ? 'on' : 'off'}${wish}`
}

/** RUNNING is as it shall be and not said. AWS's own components are told of one device alone, or when they fail. */
const componentsText = ({ components = [] }: DeviceStatus, paint: Paint): string =>
  components
    .filter(({ name, state }) => !name.startsWith('aws.greengrass.') || state === 'BROKEN' || state === 'ERRORED')
    .map(({ name, version, state }) => `${printable(name.replace(/^fleetwright\./, ''))} ${printable(version)}${state === 'RUNNING' ? '' : ` ${paint('red', printable(state))}`}`)
    .join(', ')

function summary(devices: readonly DeviceStatus[]): string {
  const count = (state: DeviceState) => devices.filter((device) => device.state === state).length
  const states = (['active', 'waiting', 'suspended', 'refused'] as const).filter((state) => count(state) > 0).map((state) => `${count(state)} ${state}`)
  const connected = devices.filter((device) => device.connected === true).length
  const isKnown = devices.some((device) => device.connected !== undefined)
  return `${devices.length} ${devices.length === 1 ? 'device' : 'devices'}: ${states.join(', ')}${isKnown ? `; ${connected} connected` : ''}`
}

export function renderDevice(device: DeviceStatus, now: Date, paint: Paint): string {
  const { serial, state, suspendedAt, connected, led, buttonPresses, components, health, certificate, lastRotation, osUpdate, lastSeen, why } = device
  const lines: [string, string | undefined][] = [
    ['serial', serial],
    ['state', `${paint(STYLES[state], state)}${suspendedAt === undefined ? '' : ` since ${suspendedAt}`}${HINTS[state]}`],
    ['why', why],
    ['connected', connected === undefined ? undefined : connected ? 'yes' : 'no'],
    ['LED', led && ledText(led)],
    ['refused', led?.refused && printable(led.refused)],
    ['button', buttonPresses === undefined ? undefined : `${buttonPresses} presses`],
    ['health', health],
    ['certificate', certificate && `${certificate.id}, ${certificate.ageDays} ${certificate.ageDays === 1 ? 'day' : 'days'} old (since ${certificate.createdAt})`],
    ['rotated', lastRotation && `${lastRotation.stage === 'done' ? '' : `${lastRotation.stage}, `}${lastRotation.at ?? ''} (${lastRotation.jobId})`],
    ...(osUpdate === undefined ? [] : osUpdateLines(osUpdate)),
    ['last seen', lastSeen && `${lastSeen} (${ago(new Date(lastSeen), now)})`],
    ...(components ?? []).map(({ name, version, state: running }): [string, string] => ['component', printable(`${name} ${version} ${running}`)]),
  ]
  return lines.flatMap(([name, text]) => (text === undefined ? [] : [`${paint('dim', name.padEnd(NAME_CHARACTERS))} ${text}`])).join('\n')
}

const NAME_CHARACTERS = 11

const HINTS: Readonly<Record<DeviceState, string>> = {
  active: '',
  waiting: ': on the list, joins by itself when it asks',
  suspended: ': put its line back into allowlist.txt and apply, and it returns',
  refused: ': add its line to allowlist.txt and apply, and it joins',
}
