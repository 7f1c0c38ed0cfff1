// sandbox/src/operator/pull-request.test.ts: `fleet pull-request report` as a process: before there is a stack, and on one that a checkout would change.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PutRetentionPolicyCommand, CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { expect, test } from 'vitest'
import { ACCOUNT, KEY, NAMES, openTestStage } from './testing.ts'

test('before there is a stack, what cannot be told says so, what can is told, and the exit code is 1', async () => {
  const stage = await openTestStage()
  const { code, out } = await stage.fleet(['pull-request', 'report'])
  expect(code).toBe(1)
  expect(out).toMatch(/### Stack \(preview of stage dev\)\n\n```text\n\+ create[^]* to change, 0 unchanged/)
  expect(out).toMatch(/### Release\n\nCannot be told:[^]*STACK_MISSING/)
  expect(stage.proxy.calls.filter((call) => /Create|Update|Put|Delete/.test(call))).toEqual([])
})

test('on a stack, all four parts, also as an output of the step; nothing is changed', async () => {
  const stage = await openTestStage()
  await deploy(stage.target, { engine: chosenEngine(stage.target, {}) })
  const logs = new CloudWatchLogsClient({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY })
  await logs.send(new PutRetentionPolicyCommand({ logGroupName: NAMES.telemetryLogGroup, retentionInDays: 7 })) // as if another checkout had been deployed
  const file = join(stage.folder, 'outputs')
  await writeFile(file, 'before=1\n')
  stage.proxy.calls.length = 0
  const { code, out, err } = await stage.fleet(['pull-request', 'report', '--output', 'report'], { GITHUB_OUTPUT: file })
  expect({ code, err }).toMatchObject({ code: 0 })
  expect(out).toMatch(/### Stack[^]*0 to change, \d+ unchanged[^]*### Allowlist[^]*to admit[^]*### Release[^]*\+ add[^]*### Cost a month[^]*Now: 0 devices, 0 components, logs kept for 7 days; with this: \d+ devices, \d+ components, logs kept for 14 days/)
  const [, end = '', report] = /^before=1\nreport<<(\S+)\n([^]*)\n\1\n$/.exec(await readFile(file, 'utf8')) ?? []
  expect(report).toBe(out.trimEnd())
  expect(out).not.toContain(end)
  expect(stage.proxy.calls.filter((call) => /Create|Update|Put|Delete/.test(call))).toEqual([])
  expect(await stage.fleet(['pull-request', 'report', '--output', 'report'])).toMatchObject({ code: 2, err: expect.stringContaining('GITHUB_OUTPUT') as unknown })
})
