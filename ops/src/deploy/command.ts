// ops/src/deploy/command.ts: `fleet deploy`: what it takes, and what its help says.
import type { Command } from 'commander'
import { fleetCommand, runs } from '../shell/fleet-command.ts'

export const deployCommand = (): Command =>
  fleetCommand('deploy', {
    summary: 'Bring the stack up with the current release',
    description: [
      'Runs the Pulumi program of infra/ with the release that was published last: cloud, component versions, and the deployment to the devices. The very first deploy has no release and makes everything but that deployment. Then the claim certificate is made, if it is not there, and gets its policy.',
      "On AWS the Pulumi CLI runs the program, with its state in the stage's state bucket (fleet bootstrap) or where PULUMI_BACKEND_URL says.",
    ].join('\n'),
    examples: [
      ['fleet deploy', 'stage dev, as it stands in this checkout'],
      ['fleet deploy --stage prod --aws --json', 'in a pipeline'],
    ],
  }).action(runs(async () => (await import('./run.ts')).runDeploy))
