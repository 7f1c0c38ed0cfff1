// sandbox/src/opening/console-access.ts: lets one person of each group into the stack's console, to try it out.
import { CONSOLE_GROUPS, type ConsoleGroup, type ConsoleSettings } from '@fleet/contract/console-settings'
import { peopleOf, type People } from '@fleet/ops/console/people'
import type { ConsoleOutputs } from '@fleet/ops/console/pools'
import type { Target } from '@fleet/ops/target/target'

/** Safe to repeat: passwords are new each time. What the page is told here besides what the stack's own settings say. */
export async function openConsoleAccess(target: Target, gateway: string, { userPoolId, userPoolClientId, identityPoolId }: ConsoleOutputs): Promise<ConsoleSettings> {
  const { stage, accountId, region } = target.stage
  const pools = { userPoolId, userPoolClientId, identityPoolId }
  const people = peopleOf(target, pools)
  const users = await Promise.all(CONSOLE_GROUPS.map((group) => person(people, group)))
  return { stage, accountId, region, ...pools, iotEndpoint: new URL(gateway).host, sandbox: { gateway, users } }
}

async function person(people: People, group: ConsoleGroup): Promise<{ readonly name: string; readonly password: string }> {
  const { firstPassword: password = '' } = await people.add({ name: group, group, renewsPassword: true })
  await people.setPassword(group, password)
  return { name: group, password }
}
