// ops/src/release/command.ts: `fleet release plan` and `publish`: what they take, and what their help says.
import { Option, type Command } from 'commander'
import { fleetCommand, group, runs } from '../shell/fleet-command.ts'

export const releaseCommand = (): Command =>
  group('release', { summary: 'Publish the components of this checkout', examples: [['fleet release plan', 'which components have changed']] })
    .addCommand(fleetCommand('plan', PLAN).action(runs(async () => (await import('./run.ts')).runPlan)))
    .addCommand(
      fleetCommand('publish', PUBLISH)
        .addOption(new Option('--builder <name>', 'what builds the images (default: docker for AWS, plain-oci for a sandbox)').choices(['docker', 'plain-oci']))
        .action(runs(async () => (await import('./run.ts')).runPublish)),
    )

const PLAN = {
  summary: 'Show which components have changed since the current release',
  description: 'A component has changed when the digest of its content has: bundle, native addon, recipe, Dockerfile (with its base image), and the minor version of its package. Builds the bundles, and reads one object from the provisioning bucket.',
  examples: [['fleet release plan --stage prod', 'against what stage prod has']],
} as const

const PUBLISH = {
  summary: 'Build and push what has changed, and make it the current release',
  description: "Major and minor of a version are those of the component's package, its patch is made of the content: the same content is the same version on every stage. Unchanged content publishes nothing; a version that is there with other content is refused. The release reaches the devices with the next `fleet deploy`. Can be repeated: a run that was killed is finished by the next.",
  examples: [
    ['fleet release publish', 'for stage dev'],
    ['fleet release publish --stage prod --aws --builder docker', 'in a pipeline, on an arm64 machine'],
  ],
} as const
