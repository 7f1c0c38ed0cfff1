// ops/src/allowlist/command.ts: `fleet allowlist plan` and `apply`: what they take, and what their help says.
import type { Command } from 'commander'
import { days, wholeNumber } from '../shell/argument.ts'
import { fleetCommand, group, runs } from '../shell/fleet-command.ts'

export const allowlistCommand = (): Command =>
  group('allowlist', { summary: 'Say which devices may join, and make it so', examples: [['fleet allowlist plan', 'what a changed allowlist.txt would do']] })
    .addCommand(withOptions(fleetCommand('plan', PLAN)).action(runs(async () => (await import('./run-plan.ts')).runPlan)))
    .addCommand(
      withOptions(fleetCommand('apply', APPLY))
        .option('--confirm-suspend <number>', 'allow exactly so many devices to lose access, when they are more than 10 % and more than 5', wholeNumber)
        .option('-y, --yes', 'do not ask')
        .action(runs(async () => (await import('./run-apply.ts')).runApply)),
    )

const withOptions = (command: Command) =>
  command
    .option('--file <path>', 'the list (default: allowlist.txt of this repository)')
    .option('--purge', 'remove unlisted devices for good, now: certificate, thing, shadows; they would need a new card to return')
    .option('--purge-after <days>', 'the same for those that have been suspended for so many days', days)

const PLAN = {
  summary: 'Show what the list would change',
  description: `  + admit    on the list, not yet there: joins by itself when it asks
  ~ heal     back on the list: the same certificate becomes ACTIVE again; or, after a destroy, gets policy and thing group back
  - suspend  no longer on the list: its certificate becomes INACTIVE, its connection is cut
  -- purge   removed for good (--purge, --purge-after)

Costs one ListThings for each 250 devices, and one HEAD.`,
  examples: [
    ['fleet allowlist plan', 'allowlist.txt against the fleet of stage dev'],
    ['fleet allowlist plan --purge-after 30 --json', 'for a program'],
  ],
} as const

const APPLY = {
  summary: 'Upload the list and change what has to be changed',
  description: [
    "The list is uploaded first, if it is another; then each device that is to be changed, within AWS's quotas (ten certificates a second).",
    'Asks before devices lose access, if there is a terminal. A device that fails does not stop the others: the exit code is 1 then, and the same command tries it again. A run that was killed is finished by the next. An empty list is refused.',
  ].join('\n'),
  examples: [
    ['fleet allowlist apply', 'make it so, for stage dev'],
    ['fleet allowlist apply --stage prod --yes --confirm-suspend 40', 'in a pipeline, when 40 devices are really to go'],
  ],
} as const
