// ops/src/pull-request/command.ts: `fleet pull-request report` and `comment`: what they take, and what their help says.
import { Option, type Command } from 'commander'
import { wholeNumber } from '../shell/argument.ts'
import { fleetCommand, group, runs } from '../shell/fleet-command.ts'

export const pullRequestCommand = (): Command =>
  group('pull-request', { summary: 'Say on a pull request what it would do', examples: [['fleet pull-request report', 'what this checkout would do to stage dev, in Markdown']] })
    .addCommand(
      fleetCommand('report', REPORT)
        .option('--output <name>', 'also as this output of the step, for other jobs of a GitHub workflow')
        .action(runs(async () => (await import('./run-report.ts')).runReport)),
    )
    .addCommand(
      group('comment', COMMENT)
        .requiredOption('--number <number>', 'of the pull request', wholeNumber)
        .requiredOption('--commit <sha>', 'what was reported on')
        .addOption(new Option('--checks <result>', 'how the checks ended').choices(['success', 'failure', 'cancelled', 'skipped']).makeOptionMandatory())
        .option('--json', 'print the result as JSON on stdout, and nothing else there')
        .action(runs(async () => (await import('./run-comment.ts')).runComment)),
    )

const REPORT = {
  summary: 'Show in Markdown what this checkout would do to a stage',
  description: 'Four parts: preview of the stack, plan of the allowlist, plan of the release, and the change of the estimated cost a month. It only reads. A part that cannot be told says why, and the exit code is 1; the others are told all the same.',
  examples: [['fleet pull-request report --stage dev --aws', 'as the workflow pull-request.yml does']],
} as const

const COMMENT = {
  summary: 'Put a report on a pull request of GitHub, as one comment that is kept current',
  description: 'Looks for the comment that it made before, and replaces its text; makes one when there is none. Takes the report from the environment (REPORT), and from there, too: GITHUB_TOKEN (it needs pull-requests: write), GITHUB_REPOSITORY and GITHUB_API_URL, which a workflow has.',
  examples: [['fleet pull-request comment --number 7 --commit 9f2c1ab --checks success', 'as the workflow pull-request.yml does']],
} as const
