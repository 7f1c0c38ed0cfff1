// e2e/outsiders/pulumi/suite.ts: the Pulumi engine and its aws-native provider run the real program against the twin's Cloud Control; then a Pi joins what they made.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reconcile } from '@fleet/ops/allowlist/reconcile'
import { bootstrap } from '@fleet/ops/bootstrap/bootstrap'
import { deploy, type Deployed } from '@fleet/ops/deploy/deploy'
import { chosenBuilder } from '@fleet/ops/release/choose-builder'
import { publishRelease } from '@fleet/ops/release/publish-release'
import { onPath } from '@fleet/ops/shell/on-path'
import type { StackResult } from '@fleet/ops/stack/stack-engine'
import type { Target } from '@fleet/ops/target/target'
import { makeWay } from '@fleet/ops/teardown/make-way'
import type { Suite, Trial } from '../suite.ts'
import { leftBehind } from './leftovers.ts'
import { joinOnePi } from './one-pi.ts'
import { FORMER, judgeMissingKey, judgeTakeOver, type Stand } from './secrets.ts'
import { engineFor, runOf, targetAt, type Sealing } from './stack.ts'

const NEEDED = ['pulumi', 'pulumi-language-nodejs', 'pulumi-resource-aws-native']
const SERIAL = '10000000a1b2c3d4'

export const pulumi: Suite = {
  name: 'pulumi',
  judge: 'Pulumi engine with aws-native',
  userAgent: /^APN\/1\.1 \(/, // aws-native's mark as a partner of AWS; it says nothing else of itself
  withinMs: 600_000,
  whyNot() {
    const missing = NEEDED.filter((name) => onPath(name) === undefined)
    return Promise.resolve(missing.length === 0 ? undefined : `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not on PATH (https://www.pulumi.com/docs/install)`)
  },
  async run(trial) {
    const twin = await trial.twin()
    const [backend, home] = [join(trial.folder, 'backend'), join(trial.folder, 'home')]
    for (const folder of [backend, home]) mkdirSync(folder)
    const target = targetAt(twin, { managesAccountSettings: onPath('pulumi-resource-aws') !== undefined })
    const engine = (sealing: Sealing) => engineFor(onPath('pulumi') ?? '', { backend, home }, { target, sealing })
    await judge(trial, { twin, engine, target })
  },
}

async function judge(trial: Trial, stand: Stand): Promise<void> {
  const { twin, target } = stand
  const [engine, former] = [stand.engine({ by: 'key' }), stand.engine(FORMER)]
  const up = (at: Target): Promise<Deployed> => deploy(at, { engine })
  const written = () => twin.calls.filter(({ operation, userAgent }) => /^(Create|Update|Delete)Resource$/.test(operation) && pulumi.userAgent?.test(userAgent)).length

  await judgeMissingKey(trial, stand)
  await bootstrap(target)
  await trial.check('preview of an empty account plans to make everything, and writes nothing', async () => {
    const { changes } = await former.preview(runOf(target))
    assert.ok(changes.length > 15, `only ${changes.length} changes`)
    assert.deepEqual(new Set(changes.map(({ operation }) => operation)), new Set(['create']))
    assert.equal(written(), 0)
  })
  await trial.check('up makes it', async () => {
    const { outputs } = await deploy(target, { engine: former })
    assert.ok(written() > 0)
    assert.partialDeepStrictEqual(outputs, { thingGroup: 'fleet-dev', provisioningTemplate: 'fleet-dev', claimPolicy: 'fleet-dev-claim', roleAlias: 'fleet-dev-device', telemetryRule: 'fleet_dev_telemetry' })
  })
  await judgeTakeOver(trial, stand)
  await trial.check('up again changes nothing', async () => assert.deepEqual((await up(target)).changes, []))

  const shorter: Target = { ...target, config: { ...target.config, 'fleetwright:logRetentionDays': '7' } }
  await trial.check('one setting changed: the preview names exactly the log groups, and up does it', async () => {
    const { changes } = await engine.preview(runOf(shorter))
    assert.deepEqual(new Set(said({ changes })), new Set(['update retentionInDays']))
    assert.ok(changes.every(({ type }) => type === 'aws-native:logs:LogGroup'))
    assert.deepEqual((await up(shorter)).changes.map(({ name }) => name).sort(), changes.map(({ name }) => name).sort())
  })
  await trial.check('refresh finds no drift', async () => {
    assert.deepEqual((await engine.refresh(runOf(shorter))).changes, [])
    assert.deepEqual((await engine.preview(runOf(shorter))).changes, [])
  })
  await trial.check('a release makes its component versions and one deployment', async () => {
    await publishRelease(shorter, { builder: () => chosenBuilder(shorter, undefined), report: () => undefined })
    const { changes } = await up(shorter)
    assert.ok(changes.every(({ operation }) => operation === 'create'), said({ changes }).join())
    assert.equal(changes.filter(({ type }) => type === 'aws-native:greengrassv2:Deployment').length, 1)
    assert.deepEqual((await up(shorter)).changes, [])
  })
  await trial.check('a Pi joins what was made, and runs the release', async () => {
    const list = join(trial.folder, 'allowlist.txt')
    writeFileSync(list, `${SERIAL}\n`)
    await reconcile(shorter, { file: list })
    await joinOnePi(SERIAL, { twin, target: shorter, folder: join(trial.folder, 'site'), signal: trial.signal })
    trial.judged('Stack', 'a Pi joins and runs its components on what the engine made')
  })
  await trial.check('destroy leaves nothing but the devices, their certificates and what bootstrap made', async () => {
    await makeWay(shorter)
    await engine.destroy(runOf(shorter))
    assert.deepEqual(await leftBehind(shorter), { buckets: [target.names.stateBucket], things: [SERIAL], certificates: ['ACTIVE', 'ACTIVE'] })
  })
  for (const what of ['preview', 'up', 'up without a change', 'changed setting', 'refresh', 'destroy']) trial.judged('Stack', what)
}

const said = ({ changes }: Pick<StackResult, 'changes'>): string[] => changes.map(({ operation, properties }) => [operation, ...properties].join(' '))
