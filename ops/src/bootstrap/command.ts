// ops/src/bootstrap/command.ts: `fleet bootstrap`: what it takes, and what its help says.
import type { Command } from 'commander'
import { fleetCommand, runs } from '../shell/fleet-command.ts'

export const bootstrapCommand = (): Command =>
  fleetCommand('bootstrap', {
    summary: 'Make what must be there before the stack, and what outlives it',
    description: `  the state bucket: state of the stack, and the claim with its key; private, versioned, never destroyed
  the key of the secrets in that state, in KMS (1 USD a month, 3 from its third year on): rotated, for administrators and the workflows alone, never destroyed
  the permissions boundary: what no role of the stack can exceed, and the workflows cannot change
  the claim certificate, with which new devices ask to join: once, never a second one
  for a repository on GitHub: the identity provider of its workflows, and a role for each of their environments

Shows what is there and what it would make, and asks, if there is a terminal. Can be repeated: what is there is left as it is, a run that was killed is finished by the next.`,
    examples: [
      ['fleet bootstrap --stage prod --aws', 'before the first deploy of stage prod'],
      ['fleet bootstrap --aws --repository owner/name --yes', 'with the roles that its workflows take'],
    ],
  })
    .option('--repository <owner/name>', 'the repository on GitHub whose workflows may deploy this stage (on AWS: default, that of the remote origin)')
    .option('-y, --yes', 'do not ask')
    .action(runs(async () => (await import('./run.ts')).runBootstrap))
