// ops/src/aws/account-check.ts: asks whose account the credentials are, before the first change, and refuses any but the stage's.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { FleetError } from '@fleet/contract/errors'
import { stageFile } from '@fleet/contract/stage'
import type { Target } from '../target/target.ts'
import { clientConfig, named } from './client-config.ts'

/** A sandbox has one account, its own. @throws FleetError ACCOUNT_WRONG */
export async function assertAccount(target: Target): Promise<void> {
  if (target.kind === 'sandbox') return
  const { Account } = await named(new STSClient(clientConfig(target))).send(new GetCallerIdentityCommand({}))
  const { accountId, stage } = target.stage
  if (Account === accountId) return
  throw new FleetError('ACCOUNT_WRONG', `these credentials are of account ${Account ?? '?'}, stage ${stage} is in ${accountId}`, `Use the credentials of that account, or correct fleetwright:accountId in ${stageFile(stage)}; nothing was changed.`)
}
