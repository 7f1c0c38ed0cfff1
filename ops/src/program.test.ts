// ops/src/program.test.ts: fleet as a process, without any cloud: help, wrong use, and an older Node.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { REPOSITORY } from './target/repository.ts'

async function fleet(args: readonly string[], nodeOptions: readonly string[] = []) {
  const child = spawn(process.execPath, [...nodeOptions, join(REPOSITORY, 'ops/bin/fleet.js'), ...args], { env: { PATH: process.env['PATH'], FLEET_SANDBOX_STATE: '/nowhere' }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), new Promise((resolve) => child.once('close', resolve))])
  return { out, err, code }
}

test('--help tells all commands and the exit codes; each command its own', async () => {
  expect(await fleet(['--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/bootstrap[^]*sandbox[^]*Exit codes:/), err: '' })
  expect(await fleet(['allowlist', 'apply', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--confirm-suspend') })
})

test.each<[string[], string]>([
  [['frobnicate'], "unknown command 'frobnicate'"],
  [['statsu'], 'Did you mean status?'],
  [['status', '--colour'], "unknown option '--colour'"],
  [['status', 'a', 'b'], 'too many arguments'],
  [['allowlist'], 'Usage: fleet allowlist'],
  [[], 'Usage: fleet'],
  [['status', '--stage', 'nope', '--aws'], 'Pulumi.nope.yaml is not there'],
])('fleet %s is wrong use: exit code 2', async (args, said) => {
  const { code, err, out } = await fleet(args)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(said)
})

test('wrong use is told with what to do and a code; with --json on stdout, too', async () => {
  expect((await fleet(['led', 'aaaa0001', '-f', '99'])).err).toMatch(/^error: .*'99' is invalid.*\n +do: See how it is called: fleet led --help\n code: USAGE/)
  const { code, out } = await fleet(['allowlist', 'aply', '--json'])
  expect([code, JSON.parse(out)]).toEqual([2, { error: { code: 'USAGE', what: "unknown command 'aply'\n(Did you mean apply?)", why: [], remedy: 'See how it is called: fleet allowlist --help' } }])
})

test('help is a command, too', async () => {
  expect(await fleet(['help', 'led'])).toMatchObject({ code: 0, out: expect.stringContaining('Usage: fleet led'), err: '' })
})

test('a reader that stops reading is no error', async () => {
  const child = spawn(process.execPath, [join(REPOSITORY, 'ops/bin/fleet.js'), '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const [err, code] = await Promise.all([text(child.stderr), new Promise((resolve) => child.once('close', resolve))])
  expect([err, code]).toEqual(['', 0])
})

test('an older Node is told how to call it', async () => {
  const older = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.19.0'})`
  expect(await fleet(['--help'], ['--import', older])).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/runs on Node\.js 22\.18 or later, this is 20\.19\.0\.\n +do: .*npx fleet[^]*NODE_TOO_OLD/) })
})
