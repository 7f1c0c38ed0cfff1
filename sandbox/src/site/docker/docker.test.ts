// sandbox/src/site/docker/docker.test.ts: the docker command of a simulated Pi, called as the nucleus calls it, against a registry.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@fleet/log'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { onCard } from '../card.ts'
import { networkCable } from '../network.ts'
import { openNetworkDoor } from '../network-door.ts'
import { installStandIns } from '../stand-ins/stand-ins.ts'
import { openDockerEngine } from './engine.ts'
import { testRegistry, type TestImage, type TestRegistry } from './registry.testing.ts'

const HELLO: TestImage = {
  config: { Entrypoint: ['/usr/bin/node', '/app/main.js'], Cmd: ['hello'], Env: ['FROM_IMAGE=1', 'PATH=/usr/bin'], WorkingDir: '/app', User: '10001' },
  layers: [
    { 'app/': null, 'app/main.js': 'console.log(JSON.stringify({ words: process.argv.slice(2), environment: process.env, folder: process.cwd(), pid: process.pid, parent: process.ppid }))' },
  ],
}
const WAITS: TestImage = { ...HELLO, layers: [{ 'app/main.js': "process.on('SIGTERM', () => process.exit(7)); console.log('up'); setInterval(() => {}, 1000)" }] }
const STUBBORN: TestImage = { ...HELLO, layers: [{ 'app/main.js': "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)" }] }

let card: string
let environment: Record<string, string>
let registry: TestRegistry
let engine: AsyncDisposable | undefined
const failures: object[] = []
const running: ChildProcess[] = []
/** Each is the same for who calls: where there is no /proc, or nobody who asks the engine, `docker` does its work itself. */
describe.each([
  ['as a process of its own', false],
  ['by the engine in the process of the Pi', true],
])('docker %s', (_how, hasEngine) => {
  beforeEach(async () => {
    card = await realpath(await mkdtemp(join(tmpdir(), 'fleet-docker-')))
    environment = { PATH: await installStandIns(card, process.env['PATH'] ?? ''), FLEET_ROOT: card, FLEET_BOOT_ID: 'first boot' }
    registry = await testRegistry()
    if (!hasEngine) return
    await mkdir(join(card, 'run'))
    engine = await openDockerEngine(join(card, 'run'), { ...silentLog, error: (event, fields) => void failures.push({ event, ...fields }) })
  })
  afterEach(async () => {
    await engine?.[Symbol.asyncDispose]()
    engine = undefined
    for (const child of running.splice(0)) child.kill('SIGKILL')
    await registry[Symbol.asyncDispose]()
    await rm(card, { recursive: true })
    expect(failures.splice(0)).toEqual([])
  })

  interface Outcome {
    readonly code: number | null
    readonly out: string
    readonly err: string
  }

  function start(words: readonly string[], more: Record<string, string> = {}) {
    const child = spawn('docker', words, { env: { ...environment, ...more }, stdio: ['ignore', 'pipe', 'pipe'] })
    running.push(child)
    const outcome = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (outcome.out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (outcome.err += text))
    const ended = once(child, 'close').then(([code]): Outcome => ({ ...outcome, code: code as number | null }))
    return { child, outcome, ended }
  }
  const docker = (...words: string[]) => start(words).ended
  const image = (name = 'fleet-dev/hello:1') => `${registry.address}/${name}`

  async function runUntilUp(what: TestImage, ...options: string[]) {
    await registry.push('fleet-dev/hello', '1', what)
    const container = start(['run', '--rm', '--name', 'hello', ...options, image()])
    await expect.poll(() => container.outcome.out + container.outcome.err).toContain('up')
    return container
  }

  describe('pull', () => {
    test('by tag and by digest; a second time it asks for the manifest alone', async () => {
      const digest = await registry.push('fleet-dev/hello', '1', HELLO)
      expect(await docker('pull', image())).toMatchObject({ code: 0, err: '' })
      const byDigest = image(`fleet-dev/hello@${digest}`)
      registry.asked.length = 0
      const { out } = await docker('pull', byDigest)
      expect(out).toContain(`Status: Image is up to date for ${byDigest}`)
      expect(registry.asked).toEqual([`GET /v2/fleet-dev/hello/manifests/${digest}`])
      expect((await docker('images', '-q', byDigest)).out).toMatch(/^[0-9a-f]{12}\n$/)
      expect(await docker('images', '-q', image('fleet-dev/other:1'))).toEqual({ code: 0, out: '', err: '' })
    })

    test('of an index it takes the image for a Pi', async () => {
      const digest = await registry.push('fleet-dev/hello', '1', { ...HELLO, inIndex: true })
      expect((await docker('pull', image())).out).toContain(`Digest: ${digest}`)
    })

    test('layers are shared: what the card has is not downloaded again', async () => {
      const base = { 'lib/base.txt': 'base' }
      await registry.push('fleet-dev/led', '1', { ...HELLO, layers: [base, { 'app/main.js': '1' }] })
      await registry.push('fleet-dev/button', '1', { ...HELLO, layers: [base, { 'app/main.js': '2' }] })
      await docker('pull', image('fleet-dev/led:1'))
      const { out } = await docker('pull', image('fleet-dev/button:1'))
      expect(out).toMatch(/: Already exists\n.*: Pull complete\n/)
      await docker('rmi', image('fleet-dev/led:1'))
      expect((await docker('run', '--rm', image('fleet-dev/button:1'))).code).toBe(0)
    })

    test.each([
      ['an unknown tag', 'fleet-dev/hello:2', /manifest for .*hello:2 not found: manifest unknown/],
      ['an unknown repository', 'fleet-dev/nothing:1', /repository fleet-dev\/nothing not found: name unknown/],
      ['a name without a registry', undefined, /invalid reference format/],
    ])('%s', async (_case, name, expected) => {
      await registry.push('fleet-dev/hello', '1', HELLO)
      const { code, err } = await docker('pull', name === undefined ? 'hello' : image(name))
      expect(err).toMatch(expected)
      expect(code).toBe(1)
    })

    test('bytes that are not what the digest says are refused, and nothing of them stays', async () => {
      await registry.push('fleet-dev/hello', '1', HELLO)
      registry.corrupt(registry.digestOfLayer('fleet-dev/hello', '1', 0))
      const { code, err } = await docker('pull', image())
      expect(err).toMatch(/^Error response from daemon: (filesystem layer verification failed|failed to register layer)/)
      expect(code).toBe(1)
      expect((await docker('images', '-q', image())).out).toBe('')
    })

    test('no network is said in the words by which the nucleus knows that it must try again', async () => {
      await registry.push('fleet-dev/hello', '1', HELLO)
      const cable = networkCable({ now: () => new Date() })
      await using _door = await openNetworkDoor(join(card, 'door'), cable)
      environment = { ...environment, FLEET_NETWORK_DOOR: join(card, 'door') }
      cable.cut()
      const offline = await docker('pull', image())
      expect(offline.err).toMatch(/^Error response from daemon: Get "http:.*": dial tcp .*: connect ENETUNREACH/)
      expect(offline.code).toBe(1)
      cable.restore()
      registry.stallAt(registry.digestOfLayer('fleet-dev/hello', '1', 0), () => setImmediate(() => cable.cut()))
      const cutOff = await docker('pull', image())
      expect(cutOff.err).toMatch(/dial tcp/)
      expect(cutOff.code).toBe(1)
      expect((await docker('images', '-q', image())).out).toBe('')
      registry.stallAt('', () => {})
      cable.restore()
      expect((await docker('pull', image())).code).toBe(0)
    })
  })

  describe.each(['basic', 'bearer'] as const)('a registry with %s authentication', (scheme) => {
    beforeEach(async () => {
      await registry[Symbol.asyncDispose]()
      registry = await testRegistry({ scheme, auth: 'AWS:secret' })
      await registry.push('fleet-dev/hello', '1', HELLO)
    })

    test('lets in who has logged in', async () => {
      const denied = await docker('pull', image())
      expect(denied.err).toContain("repository does not exist or may require 'docker login'")
      const wrong = await docker('login', registry.address, '-u', 'AWS', '-p', 'wrong')
      expect(wrong).toMatchObject({ code: 1, out: '' })
      expect(wrong.err).toMatch(/login attempt to .* failed with status: 401/)
      expect(await docker('login', `http://${registry.address}`, '-u', 'AWS', '-p', 'secret')).toMatchObject({ code: 0, out: 'Login Succeeded\n' })
      expect((await docker('pull', image())).code).toBe(0)
    })

    test('takes a password from standard input', async () => {
      const client = spawn('docker', ['login', registry.address, '-u', 'AWS', '--password-stdin'], { env: environment, stdio: ['pipe', 'ignore', 'ignore'] })
      client.stdin.end('secret\n')
      expect(await once(client, 'close')).toEqual([0, null])
      expect((await docker('pull', image())).code).toBe(0)
    })
  })

  describe('run', () => {
    test('the process becomes the container: arguments, folder, environment of the image and of nobody else', async () => {
      await registry.push('fleet-dev/hello', '1', HELLO)
      await docker('pull', image())
      const { child, ended } = start(['run', '--rm', '--name=hello', '-e', 'GIVEN=2', '-eHERE', image()], { HERE: '3', ELSEWHERE: '4' })
      const { out, code } = await ended
      const said = JSON.parse(out) as { words: string[]; environment: Record<string, string>; folder: string; pid: number; parent: number }
      expect(code).toBe(0)
      expect(said.words).toEqual(['hello'])
      expect(said.environment).toMatchObject({ FROM_IMAGE: '1', GIVEN: '2', HERE: '3' })
      expect(said.environment).not.toHaveProperty('ELSEWHERE')
      expect(said.environment).not.toHaveProperty('FLEET_ROOT')
      expect(said.folder).toMatch(/rootfs\/app$/)
      expect(said.pid).toBe(child.pid)
    })

    test('words of any kind come through as they are', async () => {
      await registry.push('fleet-dev/hello', '1', HELLO)
      await docker('pull', image())
      const words = ["it's", 'two\nlines', '', '$HOME `id` \\n', '%s']
      const { out } = await docker('run', '--rm', '-e', `TOLD=${words.join(' ')}`, image(), ...words)
      expect(JSON.parse(out)).toMatchObject({ words, environment: { TOLD: words.join(' ') } })
    })

    test('with all the options of our recipes; paths of the container are translated in the environment', async () => {
      await registry.push('fleet-dev/hello', '1', HELLO)
      await writeFile(join(card, 'settings'), '# a comment\nFROM_FILE=/data/x\n')
      await mkdir(join(card, 'dev'))
      const socket = createServer().listen(join(card, 'chip'))
      await symlink(join(card, 'chip'), join(card, 'dev/gpiochip0'))
      const { out, err } = await docker('run', '--rm', '--name', 'fleetwright.led', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--user', '10001:10001', '--network', 'none',
        '--memory', '64m', '--pids-limit', '32', '--log-driver', 'none', '-v', `${card}/greengrass/v2/work/led:/data`, '-v', '/var/lib/fleet:/fleet:ro', '--device', '/dev/gpiochip4',
        '-e', 'DATA=/data', '-e', 'GPIO=/dev/gpiochip4', '-e', 'OTHER=/database', '--env-file', '/settings', image(), '--verbose') // prettier-ignore
      socket.close()
      expect(err).toMatch(/^Unable to find image/)
      const said = JSON.parse(out.split('\n').findLast((line) => line.startsWith('{')) ?? '') as { words: string[]; environment: Record<string, string> }
      expect(said.words).toEqual(['--verbose'])
      expect(said.environment).toMatchObject({
        DATA: join(card, 'greengrass/v2/work/led'),
        FROM_FILE: join(card, 'greengrass/v2/work/led/x'),
        GPIO: join(card, 'chip'), // the socket itself: the path before the link may be too long for one
        OTHER: '/database',
      })
    })

    test('a named volume is kept for the next container; a socket outside of the card is passed through', async () => {
      await registry.push('fleet-dev/hello', '1', HELLO)
      await using folder = { path: await realpath(await mkdtemp(join(tmpdir(), 'fleet-ipc-'))), [Symbol.asyncDispose]: () => rm(folder.path, { recursive: true }) }
      const ipc = createServer().listen(join(folder.path, 'ipc.socket'))
      const { out } = await docker('run', '--rm', '-v', 'fleetwright.led:/data', '-e', 'DATA=/data/state', '-v', `${folder.path}/ipc.socket:/run/nucleus.socket`, '-e', 'SOCKET=/run/nucleus.socket', image())
      ipc.close()
      expect(JSON.parse(out.split('\n').findLast((line) => line.startsWith('{')) ?? '')).toMatchObject({
        environment: { DATA: join(card, 'var/lib/docker/volumes/fleetwright.led/_data/state'), SOCKET: join(folder.path, 'ipc.socket') },
      })
    })

    test('an option that is not offered is refused, not ignored', async () => {
      const { code, err } = await docker('run', '--rm', '--privileged', image())
      expect(err).toMatch('unknown flag: --privileged')
      expect(code).toBe(125)
    })

    test('an image for another processor fails as on a Pi', async () => {
      await registry.push('fleet-dev/hello', '1', { ...HELLO, architecture: 'amd64' })
      const { code, err } = await docker('run', '--rm', image())
      expect(err).toMatch('exec /usr/bin/node: exec format error')
      expect(code).toBe(1)
    })

    test('a missing device and a missing image', async () => {
      await registry.push('fleet-dev/hello', '1', HELLO)
      const noDevice = await docker('run', '--rm', '--device', '/dev/i2c-9', image())
      expect(noDevice.err).toMatch('error gathering device information while adding custom device "/dev/i2c-9": no such file or directory')
      expect(noDevice.code).toBe(125)
      expect((await docker('run', '--rm', image('fleet-dev/hello:9'))).code).toBe(125)
      const never = await docker('run', '--rm', '--pull', 'never', image('fleet-dev/hello:2'))
      expect(never).toMatchObject({ code: 125, err: expect.stringMatching(/^docker: Error response from daemon: No such image/) })
    })

    test('the exit code is the program’s; stop asks it to end', async () => {
      const container = await runUntilUp(WAITS)
      expect((await docker('inspect', '-f', '{{.State.Running}} {{.State.Pid}}', 'hello')).out).toBe(`true ${container.child.pid ?? 0}\n`)
      expect((await docker('ps', '-q', '-f', 'name=hello')).out).toMatch(/^[0-9a-f]{12}\n$/)
      expect(await docker('stop', '-t', '5', 'hello')).toEqual({ code: 0, out: 'hello\n', err: '' })
      expect((await container.ended).code).toBe(7)
      expect(await docker('stop', 'hello')).toMatchObject({ code: 1, err: 'Error response from daemon: No such container: hello\n' })
      expect((await docker('inspect', '-f', '{{.State.Running}}', 'hello')).err).toBe('Error: No such object: hello\n')
    })

    test('who does not listen to SIGTERM is killed after the time', async () => {
      const container = await runUntilUp(STUBBORN)
      await docker('stop', '-t', '0.2', 'hello')
      await container.ended
      expect(container.child.signalCode).toBe('SIGKILL')
    })

    test('a name is used once at a time; after a crash or a power cut it is free again', async () => {
      const container = await runUntilUp(WAITS)
      const second = await docker('run', '--rm', '--name', 'hello', image())
      expect(second.err).toMatch('Conflict. The container name "/hello" is already in use by container')
      expect(second.code).toBe(125)
      expect((await docker('rmi', image())).err).toMatch('conflict: unable to remove repository reference')
      environment = { ...environment, FLEET_BOOT_ID: 'second boot' }
      expect((await docker('ps', '-q')).out).toBe('')
      container.child.kill('SIGKILL')
      await container.ended
      expect(await docker('rm', '-f', 'hello')).toEqual({ code: 0, out: '', err: '' })
      expect((await docker('rmi', image())).out).toMatch(/^Untagged: .*\nDeleted: sha256:/)
    })
  })

  describe('layers', () => {
    const readsFile = (path: string): Record<string, string> => ({ 'app/main.js': `console.log(require('fs').readFileSync(process.argv[2], 'utf8'))`, [path]: 'lower' })
    const runReading = async (layers: TestImage['layers'], path: string) => {
      await registry.push('fleet-dev/hello', '1', { config: { Entrypoint: ['node', '/app/main.js'], Cmd: [path] }, layers })
      return docker('run', '--rm', image())
    }

    test('the upper hides the lower', async () => {
      expect((await runReading([readsFile('etc/a'), { 'etc/a': 'upper' }], '/etc/a')).out).toMatch(/upper\n$/)
    })

    test('whiteouts remove files and empty folders', async () => {
      expect((await runReading([readsFile('etc/a'), { 'etc/.wh.a': '' }], '/etc/a')).code).not.toBe(0)
      await docker('rmi', image())
      expect((await runReading([readsFile('etc/a'), { 'etc/': null, 'etc/.wh..wh..opq': '', 'etc/b': 'new' }], '/etc/a')).code).not.toBe(0)
      await docker('rmi', image())
      expect((await runReading([readsFile('etc/a'), { 'etc/': null, 'etc/.wh..wh..opq': '', 'etc/b': 'new' }], '/etc/b')).out).toMatch(/new\n$/)
    })

    test('links are followed as the container sees them', async () => {
      const merged = { 'usr/lib/': null, lib: { link: '/usr/lib' }, 'usr/lib/a': 'through', 'usr/lib/b': { hardlink: 'usr/lib/a' } }
      expect((await runReading([{ ...merged, ...readsFile('x') }, { 'lib/c': 'over the link' }], '/lib/b')).out).toMatch(/through\n$/)
      expect((await docker('run', '--rm', image(), '/lib/c')).out).toMatch(/over the link\n$/)
    })

    test('a layer cannot write outside of its folder', async () => {
      const outside = await runReading([{ ...readsFile('x'), escape: { link: card }, 'escape/stolen': 'x', '../../../../up': 'x' }], '/x')
      expect(outside.err).toMatch('the layer writes through its own link escape')
      await expect(readFile(join(card, 'stolen'))).rejects.toMatchObject({ code: 'ENOENT' })
    })
  })

  test('versions and unknown commands', async () => {
    expect(await docker('-v')).toMatchObject({ code: 0, out: expect.stringMatching(/^Docker version \d/) })
    expect((await docker('version')).code).toBe(0)
    expect(await docker('swarm')).toMatchObject({ code: 1, err: expect.stringMatching(/unknown command: docker swarm/) })
  })

  test.runIf(hasEngine)('the engine does it, a client starts nothing of its own', async () => {
    await registry.push('fleet-dev/hello', '1', HELLO)
    const client = join(card, onCard.commands, 'docker')
    await writeFile(client, (await readFile(client, 'utf8')).replace(/^NODE_COMPILE_CACHE=.*$/m, 'exit 99'))
    expect(await docker('login', registry.address, '-u', 'AWS', '-p', 'x')).toMatchObject({ code: 0 })
    expect(await docker('pull', image())).toMatchObject({ code: 0 })
    expect(await docker('run', '--rm', image())).toMatchObject({ code: 0 })
    expect(await docker('login', registry.address, '-u', 'AWS', '--password-stdin')).toMatchObject({ code: 99 })
  })
})
