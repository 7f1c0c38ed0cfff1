// ops/src/deploy/command.ts: `fleet deploy`, `deploy history`, `deploy rollback`, `deploy pause`, `deploy resume` and `deploy retry`: what they take, and what their help says.
import type { Command } from 'commander'
import { seconds } from '../shell/argument.ts'
import { fleetCommand, runs } from '../shell/fleet-command.ts'
import { canary } from './canary-argument.ts'

const DEFAULT_WAIT_S = 1800

export const deployCommand = (): Command =>
  watched(
    fleetCommand('deploy', {
      summary: 'Bring the stack up with the current release',
      description: [
        'Runs the Pulumi program of infra/ with the release that was published last: cloud, component versions, and the deployment to the devices. The very first deploy has no release and makes everything but that deployment. Then the claim certificate is made, if it is not there, and gets its policy.',
        "On AWS the Pulumi CLI runs the program, with its state in the stage's state bucket (fleet bootstrap) or where PULUMI_BACKEND_URL says.",
        'The rollout goes on by itself: so many devices a minute, and it stops when too many fail (rolloutDevicesPerMinute, rolloutAbortAtFailedPercent of the stage). With --canary it begins with so many of them, and each time that as many have taken it, the next wave is twice as large; a release that is on its way already keeps its waves. With --watch the exit code is 0 when all devices that are connected have it, are healthy and have updated their operating system where the stage wishes that (osUpdate), 1 when it failed or stopped or such an update failed, 3 when it is still under way after --wait.',
      ].join('\n'),
      examples: [
        ['fleet deploy', 'stage dev, as it stands in this checkout'],
        ['fleet deploy --preview', 'what that would change'],
        ['fleet deploy --canary 5% --watch', 'a new release, at first to a twentieth of the fleet'],
        ['fleet deploy --stage prod --aws --watch', 'in a pipeline'],
      ],
    })
      .enablePositionalOptions() // what follows `history` or `rollback` is its own
      .option('--preview', 'only show what would change')
      .option('--refresh', 'look first what is really there, and make again what somebody has removed'),
  )
    .action(runs(async () => (await import('./run.ts')).runDeploy))
    .addCommand(historyCommand())
    .addCommand(rollbackCommand())
    .addCommand(pauseCommand())
    .addCommand(resumeCommand())
    .addCommand(retryCommand())

const watched = (command: Command) =>
  command.option('--canary <share>', 'the first wave of a new release: 5% of the fleet, or so many devices (default: rolloutFirstPerMinute of the stage)', canary).option('--watch', 'follow the release through the fleet').option('--wait <seconds>', 'how long to follow it', seconds, DEFAULT_WAIT_S)

const historyCommand = (): Command =>
  fleetCommand('history', {
    summary: 'Show which releases were deployed when',
    examples: [['fleet deploy history', 'the last 50 deployments, the newest first']],
  }).action(runs(async () => (await import('./run-history.ts')).runHistory))

const rollbackCommand = (): Command =>
  watched(
    fleetCommand('rollback', {
      summary: 'Deploy a former release again',
      description: 'Makes a former release the current one, by its manifest, and deploys it: nothing is built. It stays the current one until the next fleet release publish.',
      examples: [
        ['fleet deploy rollback --watch', 'the release that was deployed before'],
        ['fleet deploy rollback 7f3a09c2b1d4', 'a certain one, of fleet deploy history'],
      ],
    }).argument('[release]', 'its id'),
  ).action(runs(async () => (await import('./run-history.ts')).runRollback))

const pauseCommand = (): Command =>
  fleetCommand('pause', {
    summary: 'Stop a rollout where it is',
    description: 'Cancels the deployment: devices that have the release keep it, those that were not told of it never are. A device that has just been told may still take it.',
    examples: [['fleet deploy pause', 'something looks wrong with the first wave']],
  }).action(runs(async () => (await import('./run-pause.ts')).runPause))

const resumeCommand = (): Command =>
  fleetCommand('resume', {
    summary: 'Let a paused rollout go on',
    description: 'Deploys the same content again, with the same waves: devices that have it already have nothing to do.',
    examples: [['fleet deploy resume', 'it was nothing']],
  }).action(runs(async () => (await import('./run-pause.ts')).runResume))

const retryCommand = (): Command =>
  fleetCommand('retry', {
    summary: 'Have devices that failed try the release again',
    description: 'Deploys the same content again, with the same waves: devices that have it already have nothing to do. For what is over by itself, as a network that was down, or credentials of a role that has gone: devices keep those for up to an hour after fleet destroy, or until they are restarted.',
    examples: [['fleet deploy retry', 'the release was good, and something else was not']],
  }).action(runs(async () => (await import('./run-pause.ts')).runRetry))
