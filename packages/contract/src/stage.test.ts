// packages/contract/src/stage.test.ts: what a stage's file may say, and how a bad one is refused.
import { expect, test } from 'vitest'
import { parseStage } from './stage.ts'

const LEAST = { 'aws:region': 'eu-central-1', 'aws-native:region': 'eu-central-1', 'fleetwright:accountId': '012345678901' }

test('account and region are enough', () => {
  expect(parseStage('dev', LEAST)).toEqual({
    stage: 'dev',
    accountId: '012345678901',
    region: 'eu-central-1',
    logRetentionDays: 30,
    logUploadSeconds: 300,
    protectsData: false,
    rollout: { devicesPerMinute: 50, firstPerMinute: undefined, abortAtFailedPercent: 10, abortAfterDevices: 10 },
    rotation: { maxAgeDays: 180 },
    osUpdate: undefined,
    alarms: { email: undefined, refusedConnections: 25, refusedDevices: 5 },
    telemetry: { days: 30, archiveDays: 365, healthSeconds: 300, tooHotCelsius: 80, diskFullPercent: 90 },
    console: { priceClass: 'PriceClass_100' },
    managesAccountSettings: true,
    releaseManifest: undefined,
  })
})

test('a stage may have no console, or one that is near to everybody', () => {
  expect(parseStage('dev', { ...LEAST, 'fleetwright:console': 'false' }).console).toBeUndefined()
  expect(parseStage('dev', { ...LEAST, 'fleetwright:consolePriceClass': 'PriceClass_All' }).console).toEqual({ priceClass: 'PriceClass_All' })
  expect(() => parseStage('dev', { ...LEAST, 'fleetwright:consolePriceClass': 'cheap' })).toThrow('must be one of PriceClass_100, PriceClass_200, PriceClass_All')
})

test('an update of the operating system reboots when that is needed, unless it says otherwise', () => {
  expect(parseStage('dev', { ...LEAST, 'fleetwright:osUpdate': '{"id":"2026-11"}' }).osUpdate).toEqual({ id: '2026-11', reboot: 'when-needed' })
  expect(parseStage('dev', { ...LEAST, 'fleetwright:osUpdate': '{"id":"2026-11","reboot":"never"}' }).osUpdate).toEqual({ id: '2026-11', reboot: 'never' })
})

test('settings of the providers may stand beside ours', () => {
  expect(parseStage('dev', { ...LEAST, 'aws-native:endpoints': '{}', 'aws:skipCredentialsValidation': 'true' }).stage).toBe('dev')
})

test.each<[string, Record<string, string>, string]>([
  ['an account id that lost its leading zero', { 'fleetwright:accountId': '12345678901' }, 'Pulumi.dev.yaml: fleetwright:accountId: must be the 12 digits of an AWS account, in quotes'],
  ['two regions', { 'aws:region': 'eu-west-1' }, 'Pulumi.dev.yaml: aws:region and aws-native:region must be the same'],
  ['no region', { 'aws:region': '' }, 'aws:region: must be an AWS region such as eu-central-1'],
  ['a misspelt setting', { 'fleetwright:logRetention': '7' }, 'fleetwright:logRetention: there is no such setting (there are aws:region,'],
  ['a setting of another project', { 'other:accountId': '1' }, 'other:accountId: there is no such setting'],
  ['a retention that AWS does not take', { 'fleetwright:logRetentionDays': '8' }, 'fleetwright:logRetentionDays: must be one of 1, 3, 5, 7, 14,'],
  ['a second stage of an account that does not say which is the first', { 'fleetwright:managesAccountSettings': 'false' }, 'fleetwright:accountSettingsOf must name the stage'],
  ['a second stage with an age of its own', { 'fleetwright:managesAccountSettings': 'false', 'fleetwright:accountSettingsOf': 'prod', 'fleetwright:rotationMaxAgeDays': '90' }, 'fleetwright:rotationMaxAgeDays is a setting of the whole account, which stage prod has'],
  ['a first stage that leaves its settings to another', { 'fleetwright:accountSettingsOf': 'prod' }, 'fleetwright:accountSettingsOf is for a stage that does not manage'],
  ['a rate that is no number', { 'fleetwright:rolloutDevicesPerMinute': 'fast' }, 'fleetwright:rolloutDevicesPerMinute: must be a whole number from 1 to 1000'],
  ['a first wave of nobody', { 'fleetwright:rolloutFirstPerMinute': '0' }, 'fleetwright:rolloutFirstPerMinute: must be a whole number from 1 to 1000'],
  ['a share of nothing', { 'fleetwright:rolloutAbortAtFailedPercent': '0' }, 'fleetwright:rolloutAbortAtFailedPercent: must be a number above 0, up to 100'],
  ['a certificate age that AWS does not audit', { 'fleetwright:rotationMaxAgeDays': '29' }, 'fleetwright:rotationMaxAgeDays: must be a whole number of days from 30 to 3650'],
  ['an update without a name', { 'fleetwright:osUpdate': '{"reboot":"never"}' }, 'Pulumi.dev.yaml: fleetwright:osUpdate.id: must be 1 to 64 letters, digits,'],
  ['an update whose name a shell would run', { 'fleetwright:osUpdate': '{"id":"$(reboot)"}' }, 'Pulumi.dev.yaml: fleetwright:osUpdate.id: must be 1 to 64 letters, digits,'],
  ['an update that reboots at will', { 'fleetwright:osUpdate': '{"id":"2026-11","reboot":"always"}' }, 'Pulumi.dev.yaml: fleetwright:osUpdate.reboot: must be when-needed or never'],
  ['an update with a misspelt part', { 'fleetwright:osUpdate': '{"id":"2026-11","restart":"never"}' }, 'Pulumi.dev.yaml: fleetwright:osUpdate: Unrecognized key: "restart" (there are id, reboot)'],
  ['an update that is no mapping', { 'fleetwright:osUpdate': '2026-11' }, 'Pulumi.dev.yaml: fleetwright:osUpdate: Invalid input: expected object'],
  ['somebody who cannot be told', { 'fleetwright:alarmEmail': 'ops' }, 'fleetwright:alarmEmail: must be an address of electronic mail'],
  ['an alarm at nothing', { 'fleetwright:alarmAtRefusedDevices': '0' }, 'fleetwright:alarmAtRefusedDevices: must be a whole number from 1'],
  ['health that comes too often', { 'fleetwright:telemetryHealthSeconds': '5' }, 'fleetwright:telemetryHealthSeconds: must be a whole number of seconds from 60 to 3600'],
  ['a Pi that is always too hot', { 'fleetwright:alarmTooHotCelsius': '20' }, 'fleetwright:alarmTooHotCelsius: must be a number of °C from 40 to 110'],
  ['a retention of nothing', { 'fleetwright:telemetryDays': '0' }, 'fleetwright:telemetryDays: must be a whole number of days'],
  ['yes for true', { 'fleetwright:protectsData': 'yes' }, 'fleetwright:protectsData: must be true or false'],
])('%s is refused, with file and key', (_case, change, message) => {
  expect(() => parseStage('dev', { ...LEAST, ...change })).toThrow(message)
})

test('every fault is named at once', () => {
  expect(() => parseStage('Dev', {})).toThrow(/accountId: [^]*«Dev» cannot name a stage/)
})
