// ops/src/audit/command.ts: `fleet audit`: what it takes, and what its help says.
import type { Command } from 'commander'
import { seconds } from '../shell/argument.ts'
import { fleetCommand, runs } from '../shell/fleet-command.ts'

const DEFAULT_WAIT_S = 300

export const auditCommand = (): Command =>
  fleetCommand('audit', {
    summary: 'Audit the account now, and show what was found',
    description: 'Runs every check of AWS IoT Device Defender that is on in the account. Certificates that are found to be too old are rotated, as after the daily audit. Fails when anything is found.',
    examples: [['fleet audit', 'all checks, now']],
  })
    .option('--wait <seconds>', 'how long to wait for the audit', seconds, DEFAULT_WAIT_S)
    .action(runs(async () => (await import('./run.ts')).runAudit))
