// ops/src/claim/command.ts: `fleet claim`: what it takes, and what its help says.
import type { Command } from 'commander'
import { fleetCommand, group, runs } from '../shell/fleet-command.ts'

export const claimCommand = (): Command =>
  group('claim', { summary: 'Look after the claim certificate, by which new devices introduce themselves', examples: [['fleet claim show', 'its id, age and status']] }).addCommand(
    fleetCommand('show', {
      summary: 'Show id, age and status of the claim certificate',
      description: 'Its private key is never shown; it is in the state bucket, for whoever flashes cards.',
      examples: [['fleet claim show --stage prod', 'of stage prod']],
    }).action(runs(async () => (await import('./run.ts')).runShow)),
  )
