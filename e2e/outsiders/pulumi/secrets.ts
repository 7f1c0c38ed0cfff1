// e2e/outsiders/pulumi/secrets.ts: the engine seals a stack's secrets with the key that bootstrap makes, and takes an older stack over to it.
import assert from 'node:assert/strict'
import { CancelKeyDeletionCommand, DescribeKeyCommand, EnableKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms'
import { clientConfig } from '@fleet/ops/aws/client-config'
import { secretsProviderOf } from '@fleet/ops/deploy/choose-engine'
import type { StackEngine } from '@fleet/ops/stack/stack-engine'
import type { Target } from '@fleet/ops/target/target'
import type { Trial } from '../suite.ts'
import type { Twin } from '../twin.ts'
import { runOf, type Sealing } from './stack.ts'

export interface Stand {
  readonly twin: Twin
  readonly target: Target
  readonly engine: (sealing: Sealing) => StackEngine
}

/** As a stack was made before there was a key. */
export const FORMER: Sealing = { by: 'passphrase', passphrase: 'before there was a key' }
const KEY: Sealing = { by: 'key' }

/** Before bootstrap. */
export const judgeMissingKey = (trial: Trial, { target, engine }: Stand): Promise<void> =>
  trial.check('without the key, no stack is made, and it is said what to do', async () => {
    await assert.rejects(engine(KEY).preview(runOf(target)), { code: 'SECRETS_KEY_MISSING' })
    assert.equal(await engine(KEY).outputs(target.stage.stage), undefined)
  })

/** Of a stack that was brought up as FORMER. */
export async function judgeTakeOver(trial: Trial, { twin, target, engine }: Stand): Promise<void> {
  const { stage } = target.stage
  const isDone = (operation: string) => twin.calls.some((call) => call.service === 'kms' && call.operation === operation && call.status === 200 && / lang\/go/.test(call.userAgent))
  await trial.check('without its passphrase nobody takes a stack over to the key', async () => {
    await assert.rejects(engine({ ...KEY, passphrase: 'another' }).up(runOf(target)), { code: 'STACK_SECRET_UNREADABLE' })
    assert.equal(await engine(KEY).sealedBy(stage), 'passphrase')
  })
  await trial.check('with it, the next up does, and changes nothing else', async () => {
    assert.deepEqual((await engine({ ...KEY, passphrase: FORMER.passphrase }).up(runOf(target))).changes, [])
    assert.equal(await engine(KEY).sealedBy(stage), secretsProviderOf(target))
    assert.deepEqual([isDone('Encrypt'), isDone('Decrypt')], [true, true])
    trial.judged('Stack', 'a stack that was made with a passphrase is taken over to the key in KMS')
  })
  await trial.check('from then on the key alone opens it: one that is to be deleted does not, and it is said how to get it back', async () => {
    const kms = new KMSClient(clientConfig(target))
    const { KeyMetadata: { KeyId } = {} } = await kms.send(new DescribeKeyCommand({ KeyId: target.names.secretsKeyAlias }))
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
    await assert.rejects(engine(KEY).up(runOf(target)), { code: 'SECRETS_KEY_UNUSABLE' })
    await kms.send(new CancelKeyDeletionCommand({ KeyId }))
    await assert.rejects(engine(KEY).preview(runOf(target)), { code: 'SECRETS_KEY_UNUSABLE' })
    await kms.send(new EnableKeyCommand({ KeyId })) // the next check opens the stack by it
  })
}
