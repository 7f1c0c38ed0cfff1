// e2e/10-rebirth.test.ts: a stage is destroyed and made anew: its devices wait, and return with the same certificates, without being flashed.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GetPolicyCommand, ListThingsCommand } from '@aws-sdk/client-iot'
import { HeadBucketCommand } from '@aws-sdk/client-s3'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { planReconcile } from '@fleet/ops/allowlist/reconcile'
import { showClaim } from '@fleet/ops/claim/show-claim'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { chosenBuilder } from '@fleet/ops/release/choose-builder'
import { publishRelease } from '@fleet/ops/release/publish-release'
import { destroy } from '@fleet/ops/teardown/destroy'
import { onCard } from '@fleet/sandbox/site/card'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { running, runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

const [ONE, OTHER, NEW] = [serial(1), serial(2), serial(3)]

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: [ONE, OTHER, NEW], pis: 2 })
  for (const each of [ONE, OTHER]) await sandbox.until(each, 'running', running)
})
afterAll(() => sandbox[Symbol.asyncDispose]())

const identityOf = (serial: SerialNumber) => readFileSync(join(sandbox.site.card(serial), onCard.identity, 'current/certificate.pem'), 'utf8')
const engine = () => chosenEngine(sandbox.target, {})

let identities: readonly string[]
let claim: string

test('destroyed: the stack is gone, the devices lose their connection and nothing else', async () => {
  identities = [ONE, OTHER].map(identityOf)
  claim = (await showClaim(sandbox.target)).certificateId
  await sandbox.site.place(NEW) // a card that was flashed before, and put in after
  const silent = { report() {}, onProgress() {} }
  const { left, madeWay } = await destroy(sandbox.target, { engine: engine(), purgesDevices: false, approve: async () => true, now: () => new Date(), signal: new AbortController().signal, ...silent })
  expect(left).toEqual([])
  expect(madeWay).toMatchObject({ stranded: 2, detached: 3 })
  const { names } = sandbox.target
  await expect(sandbox.iot.send(new GetPolicyCommand({ policyName: names.devicePolicy }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  await expect(sandbox.s3.send(new HeadBucketCommand({ Bucket: names.provisioningBucket }))).rejects.toMatchObject({ name: 'NotFound' })
  expect((await sandbox.iot.send(new ListThingsCommand({}))).things?.map(({ thingName }) => thingName)).toEqual([ONE, OTHER])
  // One of them loses its power, too: whatever it had in its memory is gone.
  await sandbox.site.unplug(OTHER)
  await sandbox.site.powerOn(OTHER)
  await sandbox.until(OTHER, 'without a connection', ({ stand }) => !stand.connected)
})

test('made anew, the plan says which devices get their policy back; they return with the certificates that they had', async () => {
  const { target } = sandbox
  expect((await deploy(target, { engine: engine() })).claim).toMatchObject({ certificateId: claim, outcome: 'kept', policy: 'attached' })
  await publishRelease(target, { builder: () => chosenBuilder(target, undefined) })
  await deploy(target, { engine: engine() })
  const { plan, outcomes } = await sandbox.allow([ONE, OTHER, NEW])
  expect(plan.changes.map(({ action, serial, why }) => `${action} ${serial} ${why.replace(/\d{4}-\d\d-\d\d/, 'DAY')}`)).toEqual([
    `heal ${ONE} policy and thing group, lost with the stack since DAY`,
    `heal ${OTHER} policy and thing group, lost with the stack since DAY`,
    `admit ${NEW} on the list; joins when it asks`,
  ])
  expect(outcomes.map(({ failure }) => failure)).toEqual([undefined, undefined])
  for (const each of [ONE, OTHER]) await sandbox.until(each, 'running again', running, 120_000)
  expect([ONE, OTHER].map(identityOf)).toEqual(identities)
  expect((await planReconcile(target, { file: join(sandbox.folder, 'allowlist.txt') })).changes).toMatchObject([{ action: 'admit' }])
})

test('a card that was flashed for the former stack is good for this one', async () => {
  await sandbox.site.powerOn(NEW)
  await sandbox.until(NEW, 'running', running, 100_000)
  expect(existsSync(join(sandbox.site.card(NEW), onCard.bootFolder, 'private.key'))).toBe(false)
})
