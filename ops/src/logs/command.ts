// ops/src/logs/command.ts: `fleet logs`: what it takes, and what its help says.
import type { Command } from 'commander'
import { sinceWhen } from '../shell/argument.ts'
import { fleetCommand, runs } from '../shell/fleet-command.ts'

const DEFAULT_SINCE = '1h'

export const logsCommand = (): Command =>
  fleetCommand('logs', {
    summary: 'Show what a device has logged',
    description: 'Components: led, button, or any Greengrass component by its full name; «system» is the nucleus itself. Without one: all of these. Devices upload their logs every few minutes, so the newest lines may still be on the device. With --json, one line of JSON for each.',
    examples: [
      ['fleet logs 10000000a1b2c3d4 led --since 10m', 'the LED component, the last ten minutes'],
      ['fleet logs 10000000a1b2c3d4 --follow', 'everything, as it comes, until Ctrl-C'],
    ],
  })
    .argument('<serial>', 'the device')
    .argument('[component]', 'one component only')
    .option('--since <time>', `so long ago (10m, 2h, 3d), or a date; at most 30 days (default: ${DEFAULT_SINCE})`, sinceWhen, sinceWhen(DEFAULT_SINCE))
    .option('--follow', 'go on as more comes')
    .action(runs(async () => (await import('./run.ts')).runLogs))
