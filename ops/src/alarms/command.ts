// ops/src/alarms/command.ts: `fleet alarms`: what its commands take, and what their help says.
import { ALARMS } from '@fleet/contract/alarm'
import { Argument, type Command } from 'commander'
import { fleetCommand, group, runs } from '../shell/fleet-command.ts'

export const alarmsCommand = (): Command =>
  group('alarms', {
    summary: 'Show the alarms of devices, and acknowledge them',
    description: 'A device is offline when AWS IoT has lost its connection; that it is too hot, its card full or its LED broken it tells itself.',
    examples: [
      ['fleet alarms list', 'what is open'],
      ['fleet alarms ack 10000000a1b2c3d4 too-hot', 'somebody looks after it'],
    ],
  })
    .addCommand(
      fleetCommand('list', { summary: 'Show the alarms that are open', examples: [['fleet alarms list --all --json', 'also those that are over']] })
        .option('--all', 'also those that are over')
        .action(runs(async () => (await import('./run.ts')).runList)),
    )
    .addCommand(
      fleetCommand('ack', { summary: 'Acknowledge an alarm', description: 'Only as it is now: when it is raised again, it is open again.', examples: [['fleet alarms ack 10000000a1b2c3d4 offline --by ada', 'Ada looks after it']] })
        .argument('<serial>', 'the device')
        .addArgument(new Argument('<alarm>', 'which of its alarms').choices(ALARMS))
        .option('--by <name>', 'who does (default: the name on this machine)')
        .action(runs(async () => (await import('./run.ts')).runAck)),
    )
