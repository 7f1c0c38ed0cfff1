// ops/src/stack/stage-file.test.ts: the stages of this repository, and files that are refused.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readStageFile } from './stage-file.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../..')

function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'stage-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'Pulumi.dev.yaml'), text)
  return folder
}

test('the stages that ship are valid, prod is the stricter', () => {
  const [dev, prod] = [readStageFile(REPOSITORY, 'dev').stage, readStageFile(REPOSITORY, 'prod').stage]
  expect(dev.protectsData).toBe(false)
  expect(prod.protectsData).toBe(true)
  expect(prod.logRetentionDays).toBeGreaterThan(dev.logRetentionDays)
  expect(prod.rollout.devicesPerMinute).toBeLessThan(dev.rollout.devicesPerMinute)
})

test('single values can be overridden, the rest of the file is kept for the CLI', () => {
  const { stage, config, pulumi } = readStageFile(folderWith('secretsprovider: awskms://x\nconfig:\n  aws:region: eu-central-1\n  aws-native:region: eu-central-1\n  fleetwright:accountId: "111122223333"\n  fleetwright:logRetentionDays: 7\n'), 'dev', {
    'fleetwright:accountId': '000000000000',
  })
  expect(stage).toMatchObject({ accountId: '000000000000', logRetentionDays: 7 })
  expect(config['fleetwright:logRetentionDays']).toBe('7')
  expect(pulumi).toEqual({ secretsprovider: 'awskms://x' })
})

test.each<[string, string, string]>([
  ['no YAML', 'config: [', 'Pulumi.dev.yaml: '],
  ['empty', '', 'fleetwright:accountId: must be the 12 digits'],
  ['with an account id that YAML reads as a number', 'config:\n  fleetwright:accountId: 012345678901\n', 'fleetwright:accountId: must be the 12 digits of an AWS account, in quotes'],
  ['with a secret', 'config:\n  fleetwright:accountId:\n    secure: v1:x\n', 'fleetwright:accountId is encrypted: only the Pulumi CLI can read it'],
])('a file that is %s is refused', (_case, text, message) => {
  expect(() => readStageFile(folderWith(text), 'dev')).toThrow(message)
})

test('a stage that is not there is answered with those that are', () => {
  expect(() => readStageFile(REPOSITORY, 'test')).toThrow(expect.objectContaining({ code: 'STAGE_INVALID', remedy: expect.stringContaining('dev, prod') }))
})
