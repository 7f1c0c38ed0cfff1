// os-image/test/identity.test.ts: the host unit on a card: tries a new generation, keeps it or goes back; cut off before each of its writes.
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { layPowerCuts, runWithCuts, standIn } from './power-cuts.ts'

const SCRIPT = join(import.meta.dirname, '../identity/fleet-identity.sh')
const WRITING = ['cat', 'chmod', 'ln', 'mkdir', 'mv', 'rm', 'sync', 'systemctl']
const KEY = (name: string) => `-----BEGIN PRIVATE KEY-----\n${name}\n-----END PRIVATE KEY-----\n`
const CERTIFICATE = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`

type Behaviour = 'keep' | 'back' | 'silent' | 'dead'

/** A device that works with the generation `1`; the rotator has made `new` and wishes to try it. */
async function device() {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-identity-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const card = join(folder, 'card')
  const path = (name: string) => join(card, 'var/lib/fleet', name)
  const write = async (name: string, content: string) => {
    await mkdir(dirname(path(name)), { recursive: true })
    await writeFile(path(name), content)
  }
  await write('identity/generations/1/private.key', KEY('old'))
  await write('identity/generations/1/certificate.pem', CERTIFICATE('old'))
  await symlink('generations/1', path('identity/current'))
  await write('rotation/rotator/new.key', KEY('new'))
  await write('rotation/rotator/new.pem', CERTIFICATE('new'))
  await write('rotation/rotator/wish', 'try new\n')
  await layPowerCuts(folder, WRITING)
  await standIn(folder, 'nucleus-with-rotator.sh', 'systemctl')
  const read = (name: string) => readFile(path(name), 'utf8').catch(() => undefined)
  return {
    path,
    read,
    write,
    /** What is in charge: always one that is whole. */
    async inCharge() {
      const target = await readlink(path('identity/current'))
      expect([await read('identity/current/private.key'), await read('identity/current/certificate.pem')]).toEqual(target === 'generations/1' ? [KEY('old'), CERTIFICATE('old')] : [KEY('new'), CERTIFICATE('new')])
      return target
    },
    generations: () => readdir(path('identity/generations')),
    starts: async () => ((await readFile(join(card, 'starts'), 'utf8').catch(() => '')).trimEnd().split('\n')),
    jumpingClock: () => standIn(folder, 'jumping-clock.sh', 'date'),
    run: (behaviour: Behaviour, cutAt = 0) => runWithCuts(folder, SCRIPT, { cutAt, stderr: 'ignore', env: { FLEET_ROOT: card, FLEET_POLL_MS: '5', FLEET_TRIAL_MS: '25', BEHAVIOUR: behaviour } }),
  }
}

const ENDS = {
  keep: { target: 'generations/new', left: ['new'], answer: /^kept new\n$/ },
  back: { target: 'generations/1', left: ['1'], answer: /^back new as the rotator wished\n$/ },
  silent: { target: 'generations/1', left: ['1'], answer: /^back new no connection with the new certificate within 0 s\n$/ },
  dead: { target: 'generations/1', left: ['1'], answer: /^back new no connection/ },
} satisfies Record<Behaviour, unknown>

async function expectEnd(pi: Awaited<ReturnType<typeof device>>, behaviour: Behaviour): Promise<void> {
  const { target, left, answer } = ENDS[behaviour]
  expect(await pi.inCharge()).toBe(target)
  expect(await pi.generations()).toEqual(left)
  expect(await pi.read('rotation/host/answer')).toMatch(answer)
  expect(await pi.read('identity/trial')).toBeUndefined()
  expect((await pi.starts()).at(-1), 'the nucleus runs with what is in charge').toBe(target)
}

test.each<[string, Behaviour]>([
  ['the rotator says that it works: the new one stays, the old one is gone', 'keep'],
  ['the rotator wishes to go back: the old one is in charge', 'back'],
  ['the rotator says nothing in time', 'silent'],
  ['the nucleus does not start with the new one', 'dead'],
])('%s', async (_case, behaviour) => {
  const pi = await device()
  expect((await pi.run(behaviour)).code).toBe(0)
  await expectEnd(pi, behaviour)
})

test.each<Behaviour>(['keep', 'silent'])('the power cut before any write (%s): one whole generation is in charge, and the next boot ends it', async (behaviour) => {
  const { writes } = await (await device()).run(behaviour)
  expect(writes.length).toBeGreaterThan(30)
  const cuts = writes.map((_, index) => index + 1)
  const bench = async () => {
    for (let cutAt = cuts.shift(); cutAt !== undefined; cutAt = cuts.shift()) {
      const pi = await device()
      const cut = await pi.run(behaviour, cutAt)
      if (cut.code === 0) continue // this run had fewer writes: it polled less often
      await pi.inCharge()
      expect((await pi.run(behaviour)).code, `after a cut before ${cut.writes.at(-1)}`).toBe(0)
      await expectEnd(pi, behaviour)
    }
  }
  await Promise.all([bench(), bench(), bench()])
})

test.each<Behaviour>(['keep', 'silent'])('the clock jumps by years whenever it is looked at (%s): the trial lasts as long as ever', async (behaviour) => {
  const pi = await device()
  await pi.jumpingClock()
  expect((await pi.run(behaviour)).code).toBe(0)
  await expectEnd(pi, behaviour)
})

test('cut again and again, it comes to an end', async () => {
  const pi = await device()
  for (let cutAt = 4; (await pi.run('keep', cutAt)).code !== 0; cutAt += 3) await pi.inCharge()
  await expectEnd(pi, 'keep')
})

test('asked again after it has decided, it only answers again', async () => {
  const pi = await device()
  await pi.run('silent')
  await rm(pi.path('rotation/host/answer'))
  const before = await pi.starts()
  await pi.run('keep')
  expect(await pi.starts()).toEqual(before)
  expect(await pi.read('rotation/host/answer')).toMatch(ENDS.silent.answer)
})

test.each<[string, string, string]>([
  ['a key that is not whole', 'rotation/rotator/new.key', '-----BEGIN PRIVATE KEY-----\nab'],
  ['a certificate that is not whole', 'rotation/rotator/new.pem', ''],
])('%s is not tried', async (_case, file, content) => {
  const pi = await device()
  await pi.write(file, content)
  await pi.run('keep')
  expect(await pi.inCharge()).toBe('generations/1')
  expect(await pi.generations()).toEqual(['1'])
  expect(await pi.read('rotation/host/answer')).toMatch(/^back new key or certificate is not whole/)
  expect(await pi.starts()).toEqual([''])
})

test('a rotator that links to a file of the host gets nothing copied', async () => {
  const pi = await device()
  await pi.write('secret', KEY('secret'))
  await rm(pi.path('rotation/rotator/new.key'))
  await symlink(pi.path('secret'), pi.path('rotation/rotator/new.key'))
  await pi.run('keep')
  expect(await pi.generations()).toEqual(['1'])
})

test.each(['', 'try\n', 'try ../../etc\n', 'try a b\n', 'keep ;reboot\n', `try ${'x'.repeat(200)}\n`, 'reboot now\n'])('the wish %j is no wish', async (wish) => {
  const pi = await device()
  await pi.write('rotation/rotator/wish', wish)
  expect((await pi.run('keep')).code).toBe(0)
  expect(await pi.inCharge()).toBe('generations/1')
  expect(await pi.read('rotation/host/answer')).toBeUndefined()
})
