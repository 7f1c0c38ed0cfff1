// ops/src/pipeline/workflows.test.ts: the workflows only call what is there, hold no more rights than they need, and run nothing that could change under them.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { fleetProgram } from '../program.ts'
import { REPOSITORY } from '../target/repository.ts'
import { commandsOf, workflow, workflowFiles, workflowText } from './workflow-file.testing.ts'

const jobs = workflowFiles().flatMap((file) => Object.entries(workflow(file).jobs).map(([name, job]) => ({ what: `${file} ${name}`, file, name, job })))
const commands = jobs.flatMap(({ what, job }) => commandsOf(job).map((command): [string, string] => [what, command]))
const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>> }

test('there are the workflows that CONTRIBUTING and the runbooks speak of', () => {
  expect(workflowFiles()).toEqual(expect.arrayContaining(['check.yml', 'deploy.yml', 'destroy.yml', 'pull-request.yml', 'security.yml']))
  expect(commands.length).toBeGreaterThan(7)
})

/** fleet's own parser, with nothing behind it: unknown commands, options and too many arguments are its errors. */
async function parses(words: readonly string[]): Promise<void> {
  const deafen = (command: Command): void => {
    command.action(() => undefined).configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    command.commands.forEach(deafen)
  }
  const program = fleetProgram()
  program.commands.forEach(deafen)
  await program.parseAsync([...words], { from: 'user' })
}

const FLEET = /^npm run --silent fleet -- (.+)$/
/** A variable stands for what it will be where the parser looks at the value. */
const VALUES: Readonly<Record<string, string>> = { $NUMBER: '7', $CHECKS: 'success', $FLAVOUR: 'pi' }
const wordsOf = (text: string) => text.split(' ').map((word) => word.replaceAll('"', '')).map((word) => VALUES[word] ?? word)

test.each(commands)('%s: «%s» is one command that exists', async (_what, command) => {
  expect(command).not.toMatch(/[;&|`\n]|\$\(/)
  const fleet = FLEET.exec(command)?.[1]
  if (fleet !== undefined) {
    expect(Object.keys(scripts)).toContain('fleet')
    return await parses(wordsOf(fleet))
  }
  const script = /^npm run (?:--silent )?([\w:-]+)$/.exec(command)?.[1]
  if (script !== undefined) return expect(Object.keys(scripts)).toContain(script)
  expect(command).toMatch(/^bash \.ci\/run$/)
  expect(existsSync(join(REPOSITORY, '.ci/run'))).toBe(true)
})

test.each([['fleet destory'], ['fleet deploy --wacth'], ['fleet allowlist aply']])('«%s» would not pass for one', async (line) => {
  await expect(parses(wordsOf(line).slice(1))).rejects.toThrow()
})

test.each(workflowFiles())('%s: what a person can type reaches no command but as a variable, in quotes', (file) => {
  const { jobs } = workflow(file)
  for (const command of Object.values(jobs).flatMap(commandsOf)) {
    expect(command).not.toContain('${{')
    expect(command.replaceAll(/"\$[A-Z]+"/g, '')).not.toContain('$')
  }
})

test.each(workflowFiles())('%s: other people’s actions are pinned by the hash of a commit, with the version beside it', (file) => {
  const uses = [...workflowText(file).matchAll(/uses: (\S+)(.*)/g)]
  expect(uses.length).toBeGreaterThan(0)
  for (const [, action = '', rest = ''] of uses) {
    if (action.startsWith('./')) expect(existsSync(join(REPOSITORY, action))).toBe(true)
    else expect(`${action}${rest}`).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  }
})

/** Whatever more a job holds has its reason here. */
const RIGHTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'check.yml check': { contents: 'read' },
  'check.yml codeql': { contents: 'read', 'security-events': 'write' }, // tells its findings
  'pull-request.yml check': { contents: 'read', 'security-events': 'write' }, // as check.yml has them
  'pull-request.yml plan': { contents: 'read', 'id-token': 'write' }, // signs in to AWS, to read
  'pull-request.yml comment': { contents: 'read', 'pull-requests': 'write' }, // one comment
  'deploy.yml check': { contents: 'read', 'security-events': 'write' },
  'deploy.yml deploy': { contents: 'read', 'id-token': 'write' },
  'image.yml image': { contents: 'read', 'id-token': 'write' }, // stores what it has built
  'destroy.yml destroy': { contents: 'read', 'id-token': 'write' },
  'security.yml weekly': { contents: 'read', 'security-events': 'write' },
  'security.yml dependencies': { contents: 'read' },
}

test.each(jobs)('$what: holds these rights, ends in time, and keeps no credentials of git', ({ what, file, job }) => {
  expect(workflow(file).permissions).toEqual({})
  expect(job.permissions).toEqual(RIGHTS[what])
  if (job.uses !== undefined) return
  expect(job['timeout-minutes']).toBeLessThanOrEqual(90)
  for (const step of job.steps ?? []) if (step.uses?.startsWith('actions/checkout@')) expect(step.with).toMatchObject({ 'persist-credentials': false })
})

test.each(jobs.filter(({ job }) => job.steps?.some(({ uses = '' }) => uses.startsWith('aws-actions/'))))('$what: signs in to AWS by OIDC alone, in an environment', ({ job }) => {
  const { with: inputs } = job.steps?.find(({ uses = '' }) => uses.startsWith('aws-actions/')) ?? {}
  expect(Object.keys(inputs ?? {}).sort()).toEqual(['aws-region', 'role-to-assume'])
  expect(job.environment).toBeDefined()
  expect(job.permissions?.['id-token']).toBe('write')
})

test('what may write to a pull request runs none of its code, and what runs its code may not write; a fork gets neither role nor token', () => {
  const { check, plan, comment } = workflow('pull-request.yml').jobs
  const checkout = (job: typeof plan) => job?.steps?.find(({ uses = '' }) => uses.startsWith('actions/checkout@'))?.with
  expect(checkout(comment)).toMatchObject({ ref: '${{ github.event.pull_request.base.sha }}' })
  expect(checkout(plan)).not.toHaveProperty('ref')
  expect(Object.values({ ...check?.permissions, ...plan?.permissions, 'id-token': 'read', 'security-events': 'read' })).not.toContain('write')
  expect(plan?.if).toContain('github.event.pull_request.head.repo.full_name == github.repository')
  expect(comment?.needs).toContain('plan')
  expect(comment?.if).toContain("needs.plan.result != 'skipped'")
  for (const { job } of jobs) expect(Object.keys(job.env ?? {})).not.toContain('GITHUB_TOKEN')
})

test('no workflow runs with the rights of this repository on the code of others', () => {
  for (const file of workflowFiles()) expect(Object.keys(workflow(file).on)).not.toEqual(expect.arrayContaining([expect.stringMatching(/pull_request_target|workflow_run/)]))
})

test('two changes of a stage wait for each other, whichever workflow they come from; none is cut off', () => {
  expect(workflow('deploy.yml').jobs['deploy']?.concurrency).toEqual({ group: "stage-${{ github.ref_type == 'tag' && 'prod' || 'dev' }}", 'cancel-in-progress': false })
  expect(workflow('destroy.yml').concurrency).toEqual({ group: 'stage-${{ inputs.stage }}', 'cancel-in-progress': false })
})

test('code and workflows are analysed before each deploy and for each pull request', () => {
  const { codeql } = workflow('check.yml').jobs
  expect(codeql?.steps?.map(({ uses = '' }) => uses.replace(/@.*/, ''))).toEqual(['actions/checkout', 'github/codeql-action/init', 'github/codeql-action/analyze'])
  for (const file of ['deploy.yml', 'pull-request.yml', 'security.yml']) expect(Object.values(workflow(file).jobs).map(({ uses }) => uses)).toContain('./.github/workflows/check.yml')
  expect(workflow('deploy.yml').jobs['deploy']?.needs).toBe('check')
})

test('Dependabot looks after the actions and the packages', () => {
  const { updates } = parse(readFileSync(join(REPOSITORY, '.github/dependabot.yml'), 'utf8')) as { readonly updates: readonly { readonly 'package-ecosystem': string }[] }
  expect(updates.map((update) => update['package-ecosystem'])).toEqual(expect.arrayContaining(['github-actions', 'npm']))
})
