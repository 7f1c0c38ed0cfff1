// ops/src/teardown/command.ts: `fleet destroy`: what it takes, and what its help says.
import type { Command } from 'commander'
import { fleetCommand, runs } from '../shell/fleet-command.ts'

export const destroyCommand = (): Command =>
  fleetCommand('destroy', {
    summary: 'Take a stage down; its devices can come back to the next stack',
    description: `  goes   the stack, and all that lies in it: uploaded allowlist, releases, the console with all who may sign in, images, logs
  stays  the state bucket with the claim, the key of its secrets in KMS, and the devices: things, certificates, shadows; they wait

After the next fleet deploy, fleet allowlist apply gives the devices back their policy and group, and they reconnect without being flashed anew. With --purge-devices they go, too, and must be.

Asks for the name of the stage. A stage that protects its data (fleetwright:protectsData) refuses. At the end it looks whether anything is left. A run that was killed is finished by the next.`,
    examples: [
      ['fleet destroy', 'shows what goes and what stays, and asks'],
      ['fleet destroy --stage dev --yes-destroy dev', 'in a pipeline'],
    ],
  })
    .option('--yes-destroy <stage>', 'do not ask: the name of the stage, once more')
    .option('--purge-devices', 'remove the devices for good as well: things, certificates, shadows')
    .action(runs(async () => (await import('./run.ts')).runDestroy))
