// ops/src/claim/command.ts: `fleet claim`: what it takes, and what its help says.
import type { Command } from 'commander'
import { fleetCommand, group, runs } from '../shell/fleet-command.ts'

export const claimCommand = (): Command =>
  group('claim', {
    summary: 'Look after the claim certificate, by which new devices introduce themselves',
    examples: [
      ['fleet claim show', 'its id, age and status'],
      ['fleet claim replace', 'a new one for new cards'],
    ],
  })
    .addCommand(
      fleetCommand('show', {
        summary: 'Show id, age and status of the claim certificate',
        description: 'Its private key is never shown; it is in the state bucket, for whoever flashes cards.',
        examples: [['fleet claim show --stage prod', 'of stage prod']],
      }).action(runs(async () => (await import('./run.ts')).runShow)),
    )
    .addCommand(replaceCommand())
    .addCommand(retireCommand())

const replaceCommand = (): Command =>
  fleetCommand('replace', {
    summary: 'Make a new claim for new cards; those that were flashed before still join',
    description: `Makes a second claim certificate, with a key of its own and the same policy, and puts it where fleet image takes the claim from. The former one stays in service until \`fleet claim retire\`; for 30 days the audit does not complain of its age. While a former one is in service there is nothing to replace. Devices that have joined need no claim.

Shows what it would do, and asks. Can be repeated: a run that was cut off is finished by the next.`,
    examples: [
      ['fleet claim replace --stage prod', 'once in half a year'],
      ['fleet claim replace --yes && fleet claim retire --yes', 'a claim has leaked: at once'],
    ],
  })
    .option('-y, --yes', 'do not ask')
    .action(runs(async () => (await import('./run-replace.ts')).runReplace))

const retireCommand = (): Command =>
  fleetCommand('retire', {
    summary: 'Take the claims that were replaced out of service',
    description: 'Deletes them: a card that carries one of them, and has not joined yet, must be flashed again. Devices that have joined do not notice. Shows what it would do, and asks.',
    examples: [['fleet claim retire', 'no card of the former one is left']],
  })
    .option('-y, --yes', 'do not ask')
    .action(runs(async () => (await import('./run-replace.ts')).runRetire))
