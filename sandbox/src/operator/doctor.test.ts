// sandbox/src/operator/doctor.test.ts: `fleet doctor` as a process: on a stage that is not there, one that is whole, and one that has come to harm.
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { UpdateCertificateCommand } from '@aws-sdk/client-iot'
import { storeKeys } from '@fleet/contract/names'
import { expect, test } from 'vitest'
import { NAMES, openTestStage } from './testing.ts'

interface Examination {
  readonly findings: readonly { readonly check: string; readonly health: string; readonly code?: string; readonly what: string }[]
}

async function doctoredStage() {
  const stage = await openTestStage()
  const examine = async () => {
    const { code, out } = await stage.fleet(['doctor', '--json'])
    const { findings } = JSON.parse(out) as Examination
    return { code, findings, health: Object.fromEntries(findings.map(({ check, health }) => [check, health])) }
  }
  return { ...stage, examine }
}

const WHOLE = { tools: 'ok', 'list file': 'ok', credentials: 'ok', stack: 'ok', claim: 'ok', allowlist: 'ok', devices: 'ok' }

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
  expect(await stage.examine()).toMatchObject({ code: 0, health: { ...WHOLE, claim: 'warning', allowlist: 'warning' } })
}, 120_000)
