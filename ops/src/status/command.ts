// ops/src/status/command.ts: `fleet status`: what it takes, and what its help says.
import type { Command } from 'commander'
import { fleetCommand, runs } from '../shell/fleet-command.ts'

export const statusCommand = (): Command =>
  fleetCommand('status', {
    summary: 'Show how the devices stand',
    description: `  waiting    on the list, has not joined yet
  active     may connect
  suspended  no longer on the list, its certificate is INACTIVE
  refused    not on the list, asked in vain within the last hour

Costs for N devices: one list call for each 250 and one for each 100 of them, two calls more, and unless --brief eight for each device (its connection, three shadows, its components, its certificate, its last rotation). On AWS about N/10 seconds, since Greengrass is asked ten times a second at most.`,
    examples: [
      ['fleet status', 'all devices of stage dev'],
      ['fleet status 10000000a1b2c3d4', 'one, with all that is known'],
      ['fleet status --brief --stage prod --json', 'a large fleet, for a program'],
    ],
  })
    .argument('[serial]', 'one device')
    .option('--brief', 'without connection, LED, button, updates, components and certificate')
    .action(runs(async () => (await import('./run.ts')).runStatus))
