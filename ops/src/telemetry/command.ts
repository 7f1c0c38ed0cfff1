// ops/src/telemetry/command.ts: `fleet telemetry`: what it takes, and what its help says.
import { TELEMETRY_KINDS } from '@fleet/contract/telemetry'
import { type Command, Option } from 'commander'
import { sinceWhen } from '../shell/argument.ts'
import { fleetCommand, runs } from '../shell/fleet-command.ts'

export const telemetryCommand = (): Command =>
  fleetCommand('telemetry', {
    summary: 'Show what a device reports: its last state, or its history',
    description: 'Health is rolled up by the minute on the device, which leaves out minutes in which nothing has changed. A device that was offline sends what it has kept, up to 24 hours, when it is back.',
    examples: [
      ['fleet telemetry 10000000a1b2c3d4', 'the last report of each kind'],
      ['fleet telemetry 10000000a1b2c3d4 --since 2h', 'its health, the last two hours'],
      ['fleet telemetry 10000000a1b2c3d4 --since 7d --kind button --json', 'each press of a week'],
    ],
  })
    .argument('<serial>', 'the device')
    .option('--since <time>', 'history from so long ago (10m, 2h, 3d), or from a date', sinceWhen)
    .addOption(new Option('--kind <kind>', 'of which kind, with --since').choices(TELEMETRY_KINDS).default('health'))
    .action(runs(async () => (await import('./run.ts')).runTelemetry))
