// ops/src/cost/command.ts: `fleet cost`: what it takes, and what its help says.
import type { Command } from 'commander'
import { positive, wholeNumber } from '../shell/argument.ts'
import { DEFAULT_STAGE, group, runs } from '../shell/fleet-command.ts'

export const costCommand = (): Command =>
  group('cost', {
    summary: 'Estimate what a fleet costs in a month',
    description: [
      'Compares this fleet with the usual way (each message through the broker to a function) for the same telemetry, and says what each choice saves. From a table of list prices that tells its date and what each price rests on; nothing is asked of the cloud.',
      'Assumed of each device: 20 writes of its shadows and one lost connection a day; and the page of the fleet open for eight hours a day.',
      'Not in it: taxes, free tiers, what devices log beside their reports, rollouts, data transfer.',
    ].join('\n\n'),
    examples: [
      ['fleet cost', '100 devices, one message of 10 kB a minute'],
      ['fleet cost --devices 2500 --messages-per-minute 0.2 --message-kb 2 --json', 'another fleet, for a program'],
    ],
  })
    .option('--devices <number>', 'core devices', wholeNumber, 100)
    .option('--messages-per-minute <number>', 'of one device', positive, 1)
    .option('--message-kb <kB>', 'a message in full', positive, 10)
    .option('--report-kb <kB>', 'what of it is sent when only changes are reported', positive, 0.5)
    .option('--batch <number>', 'reports that are sent as one message', positive, 1)
    .option('--stage <name>', 'whose log retention counts: the <name> of Pulumi.<name>.yaml', DEFAULT_STAGE)
    .option('--json', 'print the result as JSON on stdout, and nothing else there')
    .action(runs(async () => (await import('./run.ts')).runCost))
