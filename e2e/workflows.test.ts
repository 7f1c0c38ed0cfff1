// e2e/workflows.test.ts: the commands of deploy.yml and destroy.yml, in their order, by the shell that GitHub runs them with, against a sandbox.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { ListThingsCommand } from '@aws-sdk/client-iot'
import { HeadBucketCommand } from '@aws-sdk/client-s3'
import { parseAllowlist } from '@fleet/contract/allowlist'
import { fakeGithub } from '@fleet/ops/pull-request/github.testing'
import { commandsOf, workflow } from '@fleet/ops/pipeline/workflow-file.testing'
import { REPOSITORY } from '@fleet/ops/target/repository'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { running, runningSandbox, type RunningSandbox } from './running-sandbox.ts'

/** Those of the repository: the workflows apply its allowlist. */
const SERIALS = parseAllowlist(readFileSync(join(REPOSITORY, 'allowlist.txt'), 'utf8')).serials.slice(0, 2)

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: SERIALS })
  for (const serial of SERIALS) await sandbox.powerOn(serial)
  for (const serial of SERIALS) await sandbox.until(serial, 'running', running)
})
afterAll(() => sandbox[Symbol.asyncDispose]())

/** GitHub's default for `run` on Linux: bash -e. Answers what each said; the first that fails is the last. */
async function run(commands: readonly string[], environment: Readonly<Record<string, string>>): Promise<{ readonly command: string; readonly code: number | null; readonly said: string }[]> {
  const done = []
  for (const command of commands) {
    const child = spawn('bash', ['-e', '-c', command], { cwd: REPOSITORY, env: { ...process.env, FLEET_SANDBOX_STATE: sandbox.target.sandbox?.folder, AWS_ENDPOINT_URL: sandbox.endpoints.gateway, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
    const [code, out, err] = await Promise.all([closed, text(child.stdout), text(child.stderr)])
    done.push({ command, code, said: `${err}${out}` })
    if (code !== 0) break
  }
  return done
}

const DEPLOY = commandsOf(workflow('deploy.yml').jobs['deploy'])
const DESTROY = commandsOf(workflow('destroy.yml').jobs['destroy'])
const codes = (steps: Awaited<ReturnType<typeof run>>) => steps.map(({ code, said }) => (code === 0 ? 0 : said))

test('deploy.yml on a stage that is as it should be changes nothing, and sees that the fleet is healthy', async () => {
  const steps = await run(DEPLOY, { STAGE: 'dev' })
  expect(codes(steps)).toEqual([0, 0, 0, 0])
  expect(steps[0]?.said).toMatch(/done: stage dev: \d+ unchanged/)
  expect(steps[1]?.said).toMatch(/0 to heal, 0 to suspend, 0 to purge, 2 unchanged/)
  expect(steps[3]?.said).toContain('rollout: all 2 devices have it and are healthy')
})

test('pull-request.yml reports on such a stage that nothing changes, and keeps one comment that says so', async () => {
  await using github = await fakeGithub('acme/fleet', 7)
  const folder = await mkdtemp(join(tmpdir(), 'fleet-pull-request-'))
  const { plan, comment } = workflow('pull-request.yml').jobs
  const outputs = join(folder, 'outputs')
  await writeFile(outputs, '')
  const told = await run(commandsOf(plan), { ...plan?.env, GITHUB_OUTPUT: outputs })
  expect(codes(told)).toEqual([0])
  const [, , report = ''] = /^report<<(\S+)\n([^]*)\n\1\n$/.exec(await readFile(outputs, 'utf8')) ?? []
  expect(report).toMatch(/### Stack[^]*0 to change[^]*### Allowlist[^]*2 unchanged[^]*### Release[^]*nothing to publish[^]*### Cost a month/)
  const say = (CHECKS: string) => run(commandsOf(comment), { NUMBER: '7', COMMIT: 'a'.repeat(40), CHECKS, REPORT: report, GITHUB_TOKEN: github.token, GITHUB_REPOSITORY: 'acme/fleet', GITHUB_API_URL: github.url })
  expect(codes(await say('failure'))).toEqual([0])
  expect(codes(await say('success'))).toEqual([0])
  expect(github.comments).toHaveLength(1)
  expect(github.comments[0]?.body).toMatch(/\*\*Checks\*\* passed[^]*nothing to publish[^]*Of commit aaaaaaaaaaaa/)
  await rm(folder, { recursive: true })
})

test('destroy.yml wants the name of the stage twice, and then leaves nothing of it but devices and claim', async () => {
  const [refused] = await run(DESTROY, { STAGE: 'dev', CONFIRMED: 'prod' })
  expect(refused).toMatchObject({ code: 2, said: expect.stringContaining('DESTROY_UNCONFIRMED') })
  expect(codes(await run(DESTROY, { STAGE: 'dev', CONFIRMED: 'dev' }))).toEqual([0])
  await expect(sandbox.s3.send(new HeadBucketCommand({ Bucket: sandbox.target.names.provisioningBucket }))).rejects.toMatchObject({ name: 'NotFound' })
  expect((await sandbox.iot.send(new ListThingsCommand({}))).things).toHaveLength(2)
})

test('deploy.yml after that makes all anew, and the devices run the release again', async () => {
  const steps = await run(DEPLOY, { STAGE: 'dev' })
  expect(codes(steps)).toEqual([0, 0, 0, 0])
  expect(steps[1]?.said).toContain('2 healed')
  expect(steps[3]?.said).toContain('rollout: all 2 devices have it and are healthy')
  for (const serial of SERIALS) await sandbox.until(serial, 'running', running)
})
