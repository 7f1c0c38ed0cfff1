// ops/src/deploy/deploy.test.ts: which engine a target gets, and how a deploy is told.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { plain } from '../shell/paint.ts'
import type { StackProgress } from '../stack/stack-engine.ts'
import { awsTarget, endpointTarget } from '../target/target.ts'
import { chosenEngine } from './choose-engine.ts'
import { renderDeployed, renderProgress } from './render.ts'

async function pathWithPulumi(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-pulumi-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'pulumi'), '#!/bin/sh\n')
  await chmod(join(folder, 'pulumi'), 0o755)
  return folder
}

test('AWS needs the Pulumi CLI, or a folder that is named for the state', async () => {
  expect(() => chosenEngine(awsTarget('dev'), { PATH: '/nowhere' })).toThrow('the Pulumi CLI is not installed')
  expect(() => chosenEngine(endpointTarget('dev', 'http://127.0.0.1:9'), { PATH: '/nowhere' })).toThrow('the Pulumi CLI is not installed')
  const PATH = await pathWithPulumi()
  expect(() => chosenEngine(awsTarget('dev'), { PATH })).not.toThrow()
  expect(() => chosenEngine(awsTarget('dev'), { PATH: '/nowhere', FLEET_STACK_STATE: '/tmp' })).not.toThrow()
})

const progress: StackProgress = { urn: 'u', type: 'aws-native:iot:Policy', name: 'claim-policy', operation: 'create', state: 'done', tookMs: 1234 }

test.each<[string, Partial<StackProgress>, string | undefined]>([
  ['what is done', {}, '+ create  claim-policy (aws-native:iot:Policy, 1.2 s)'],
  ['what failed', { operation: 'update', state: 'failed', why: 'AccessDenied: no' }, '~ update  claim-policy (aws-native:iot:Policy) failed: AccessDenied: no'],
  ['what has only begun', { state: 'started' }, undefined],
  ['what stays', { operation: 'keep' }, undefined],
])('%s', (_case, change, expected) => {
  expect(renderProgress({ ...progress, ...change }, plain)).toBe(expected)
})

test('a summary', () => {
  const change = { urn: 'u', type: 't', name: 'n', operation: 'create', properties: [] } as const
  const deployed = { stage: 'dev', deploymentId: 'd', canary: undefined, changes: [change, { ...change, operation: 'replace' as const }], unchanged: 40, outputs: {}, console: undefined }
  expect(renderDeployed({ ...deployed, release: 'abc', claim: { certificateId: 'c', outcome: 'kept', policy: 'kept', status: 'ACTIVE' } }, plain)).toBe('done: stage dev: 1 created, 1 replaced, 40 unchanged\nrelease abc')
  expect(renderDeployed({ ...deployed, console: { url: 'https://d1.cloudfront.net', uploaded: ['index.html'], removed: [] }, release: 'abc', claim: { certificateId: 'c', outcome: 'kept', policy: 'kept', status: 'ACTIVE' } }, plain)).toContain('\nconsole https://d1.cloudfront.net (1 files uploaded)')
  expect(renderDeployed({ ...deployed, canary: 5, release: 'abc', claim: { certificateId: 'c', outcome: 'kept', policy: 'kept', status: 'ACTIVE' } }, plain)).toContain('release abc, in waves: at first to 5 devices a minute')
  expect(renderDeployed({ ...deployed, release: undefined, claim: { certificateId: 'c', outcome: 'made', policy: 'attached', status: 'INACTIVE' } }, plain)).toBe(
    'done: stage dev: 1 created, 1 replaced, 40 unchanged\nNo release yet, so devices get no components. Next: fleet release publish --stage dev, then fleet deploy\nclaim certificate made, policy attached\nThe claim certificate is INACTIVE: no new device can join.',
  )
})
