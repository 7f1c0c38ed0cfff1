// ops/src/bootstrap/command.ts: `fleet bootstrap`: what it takes, and what its help says.
import type { Command } from 'commander'
import { fleetCommand, runs } from '../shell/fleet-command.ts'

export const bootstrapCommand = (): Command =>
  fleetCommand('bootstrap', {
    summary: 'Make what must be there before the stack, and what outlives it',
    description: `  the state bucket: state of the stack, and the claim with its key; private, versioned, never destroyed
  the claim certificate, with which new devices ask to join: once, never a second one

Can be repeated: what is there is left as it is, a run that was killed is finished by the next.`,
    examples: [['fleet bootstrap --stage prod --aws', 'before the first deploy of stage prod']],
  }).action(runs(async () => (await import('./run.ts')).runBootstrap))
