// ops/src/rotate/command.ts: `fleet rotate`: what it takes, and what its help says.
import type { Command } from 'commander'
import { durationMs, seconds } from '../shell/argument.ts'
import { fleetCommand, runs } from '../shell/fleet-command.ts'

const DEFAULT_WAIT_S = 3600

export const rotateCommand = (): Command =>
  fleetCommand('rotate', {
    summary: 'Give devices new certificates',
    description:
      'Asks each device, by a job, to make a new key; the cloud signs it, the device proves it, and only then the old certificate is retired. Shows how far each is; Ctrl-C detaches, the devices go on. Devices also rotate by themselves when their certificates are older than the stage allows.',
    examples: [
      ['fleet rotate 10000000a1b2c3d4', 'one device'],
      ['fleet rotate --older-than 90d', 'those whose certificates are older than that'],
      ['fleet rotate status', 'how the rotations stand'],
    ],
  })
    .enablePositionalOptions() // what follows `status` is its own
    .argument('[serials...]', 'the devices')
    .option('--all', 'every device of the fleet that is not suspended')
    .option('--older-than <time>', 'every device whose certificate is older than this, such as 90d', durationMs)
    .option('--wait <seconds>', 'how long to follow the rotations; 0 only asks', seconds, DEFAULT_WAIT_S)
    .option('-y, --yes', 'do not ask before --all and --older-than')
    .action(runs(async () => (await import('./run.ts')).runRotate))
    .addCommand(statusCommand())

const statusCommand = (): Command =>
  fleetCommand('status', {
    summary: 'Show the latest rotation of each device',
    examples: [
      ['fleet rotate status', 'of all that were ever asked'],
      ['fleet rotate status 10000000a1b2c3d4', 'of one'],
    ],
  })
    .argument('[serials...]', 'the devices')
    .action(runs(async () => (await import('./run.ts')).runRotateStatus))
