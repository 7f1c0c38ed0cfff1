// sandbox/src/operator/doctor.test.ts: `fleet doctor` as a process: on a stage that is not there, one that is whole, and one that has come to harm.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DeleteRepositoryCommand } from '@aws-sdk/client-ecr'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { DescribeKeyCommand, DisableKeyCommand, EnableKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { UpdateCertificateCommand, UpdateEventConfigurationsCommand } from '@aws-sdk/client-iot'
import { storeKeys } from '@fleet/contract/names'
import { expect, onTestFinished, test } from 'vitest'
import { ACCOUNT, KEY, NAMES, openTestStage } from './testing.ts'

interface Examination {
  readonly findings: readonly { readonly check: string; readonly health: string; readonly code?: string; readonly what: string }[]
}

async function doctoredStage() {
  let now = () => new Date()
  const console = createServer((_request, response) => response.end(JSON.stringify({ now: now().toISOString() }))) // of a sandbox: tells the time of its cloud
  await new Promise<void>((resolve) => console.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void console.close())
  const stage = await openTestStage({ console: `http://127.0.0.1:${(console.address() as AddressInfo).port}` }) // a TCP server has this kind of address
  now = () => stage.cloud.clock.now()
  const examine = async () => {
    const { code, out } = await stage.fleet(['doctor', '--json'])
    const { findings } = JSON.parse(out) as Examination
    return { code, findings, health: Object.fromEntries(findings.map(({ check, health }) => [check, health])) }
  }
  return { ...stage, examine, kms: new KMSClient({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY }) }
}

const WHOLE = { tools: 'ok', 'list file': 'ok', credentials: 'ok', stack: 'ok', drift: 'ok', 'secrets key': 'ok', claim: 'ok', allowlist: 'ok', devices: 'ok', 'job events': 'ok', audit: 'ok', quotas: 'ok' }

test('from nothing to a whole stage, and what harms it: each told with its remedy; nothing is changed by looking', async () => {
  const stage = await doctoredStage()
  const before = await stage.fleet(['doctor'])
  expect(before).toMatchObject({ code: 1, out: expect.stringMatching(/error +stack +stage dev has no stack yet\n +do: Make it: fleet bootstrap --stage dev, then fleet deploy --stage dev \[STACK_MISSING\][^]*skipped +allowlist +needs stack/) })

  for (const words of [['bootstrap'], ['deploy'], ['allowlist', 'apply']]) expect(await stage.fleet(words)).toMatchObject({ code: 0 })
  stage.proxy.calls.length = 0
  expect(await stage.examine()).toMatchObject({ code: 0, health: WHOLE })
  expect(stage.proxy.calls.filter((call) => /^(PUT|PATCH|DELETE)|Create|Update|Put|Delete/.test(call))).toEqual([])

  const { certificateId } = JSON.parse((await stage.fleet(['claim', 'show', '--json'])).out) as { certificateId: string }
  await stage.iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }))
  await stage.s3.send(new PutObjectCommand({ Bucket: NAMES.provisioningBucket, Key: storeKeys.allowlist, Body: 'aaaa0001\n' }))
  await stage.ecr.send(new DeleteRepositoryCommand({ repositoryName: NAMES.imageRepository('led') }))
  const tellOfJobs = (Enabled: boolean) => stage.iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB_EXECUTION: { Enabled } } }))
  await tellOfJobs(false)
  const { KeyMetadata: { KeyId } = {} } = await stage.kms.send(new DescribeKeyCommand({ KeyId: NAMES.secretsKeyAlias }))
  await stage.kms.send(new DisableKeyCommand({ KeyId }))
  const harmed = await stage.examine()
  expect(harmed).toMatchObject({ code: 1, health: { ...WHOLE, 'secrets key': 'error', claim: 'warning', allowlist: 'warning', drift: 'warning', 'job events': 'warning' } })
  expect(harmed.findings.find(({ check }) => check === 'drift')?.what).toContain('AWS::ECR::Repository fleet-dev/led')

  await stage.iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'ACTIVE' }))
  await tellOfJobs(true)
  await stage.kms.send(new EnableKeyCommand({ KeyId }))
  for (const words of [['deploy', '--refresh'], ['allowlist', 'apply'], ['audit', '--wait', '60']]) await stage.fleet(words)
  expect(await stage.examine()).toMatchObject({ code: 0, health: WHOLE })
  stage.cloud.clock.advance(366 * 86_400_000)
  const later = await stage.examine()
  expect(later.health).toMatchObject({ claim: 'warning', stack: 'ok' })
  expect(later.findings.find(({ check }) => check === 'claim')?.what).toBe('the claim certificate is 366 days old')
})
