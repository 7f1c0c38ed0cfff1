// ops/src/bootstrap/command.ts: `fleet bootstrap`: what it takes, and what its help says.
import type { Command } from 'commander'
import { fleetCommand, runs } from '../shell/fleet-command.ts'

export const bootstrapCommand = (): Command =>
  fleetCommand('bootstrap', {
    summary: 'Make what must be there before the stack, and what outlives it',
    description: `  the bucket for the stack's state (on AWS, unless PULUMI_BACKEND_URL names another place)
  the claim certificate, with which new devices ask to join: once, never a second one; its key stays in the provisioning bucket

Can be repeated: what is there is left as it is, a run that was killed is finished by the next.`,
    examples: [['fleet bootstrap --stage prod --aws', 'before the first deploy of stage prod']],
  }).action(runs(async () => (await import('./run.ts')).runBootstrap))
