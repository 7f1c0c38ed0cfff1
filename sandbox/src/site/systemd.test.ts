// sandbox/src/site/systemd.test.ts: the systemctl of a simulated Pi, asked by real shell scripts.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nucleusUnit } from './nucleus-unit.ts'
import { runScript } from './script.ts'
import { installStandIns } from './stand-ins/stand-ins.ts'
import { systemd } from './systemd.ts'

function service() {
  const calls: string[] = []
  let isActive = false
  return {
    calls,
    get isActive() {
      return isActive
    },
    start: async () => void (calls.push('start'), (isActive = true)),
    stop: async () => void (calls.push('stop'), (isActive = false)),
  }
}

async function script(text: string, own = service(), signal = new AbortController().signal) {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-script-'))
  try {
    await writeFile(join(folder, 'script.sh'), text)
    const path = await installStandIns(folder, process.env['PATH'] ?? '')
    const lines: string[] = []
    const power: string[] = []
    const code = await runScript(
      {
        path: join(folder, 'script.sh'),
        environment: { PATH: path },
        onLine: (line) => lines.push(line),
        systemd: systemd({ 'x.service': own }, { reboot: () => power.push('reboot'), off: () => power.push('off') }),
      },
      signal,
    )
    return { code, lines, power, calls: own.calls }
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('units are started, asked and stopped', async () => {
  const { lines, calls } = await script(`
    systemctl is-active x.service || echo "code $?"
    systemctl start x.service && systemctl is-active --quiet x.service && echo up
    systemctl restart x.service; systemctl stop x.service; systemctl is-active --quiet x.service || echo "code $?"
    systemctl is-active y.service || echo "code $?"
    systemctl start y.service || echo "code $?"`)
  expect(lines).toEqual(['inactive', 'code 3', 'up', 'code 3', 'inactive', 'code 4', 'Unit y.service could not be found.', 'code 5'])
  expect(calls).toEqual(['start', 'stop', 'start', 'stop'])
})

test('a start that fails is a failed command, in one line', async () => {
  const own = { ...service(), start: () => Promise.reject<undefined>(new Error('no\nroom')) }
  const { lines, code } = await script('systemctl start x.service', own)
  expect(lines).toEqual(['no room'])
  expect(code).toBe(1)
})

test('reboot and poweroff reach the power', async () => {
  expect((await script('reboot; systemctl poweroff')).power).toEqual(['reboot', 'off'])
})

test('a script is killed when the Pi is shut down', async () => {
  const ending = new AbortController()
  const running = script('exec sleep 600', service(), ending.signal) // exec: a sleep that outlived its shell would keep the test open
  ending.abort(new Error('shut down'))
  expect((await running).code).toBe(137)
})

test('a nucleus that ends by itself is started again, a stopped one is not', async () => {
  const starts: { end(): void }[] = []
  const failures: unknown[] = []
  const unit = nucleusUnit({
    start: async () => {
      const { promise, reject } = Promise.withResolvers<void>()
      starts.push({ end: () => reject(new Error('crashed')) })
      return { watch() {}, ended: promise, exitCode: undefined, stop: async () => {} }
    },
    onFailure: (error) => failures.push(error),
    onReboot: () => expect.unreachable(),
    restartMs: 1,
  })
  await unit.start()
  await unit.start()
  expect(starts).toHaveLength(1)
  starts[0]?.end()
  await expect.poll(() => starts.length).toBe(2)
  expect(failures).toHaveLength(1)
  expect(unit.isActive).toBe(true)
  await unit.stop()
  starts[1]?.end()
  expect(unit.isActive).toBe(false)
})

test('a nucleus that ends with 101 has the Pi rebooted', async () => {
  const { promise: reboot, resolve: onReboot } = Promise.withResolvers<void>()
  const unit = nucleusUnit({ start: async () => ({ watch() {}, ended: Promise.resolve(), exitCode: 101, stop: async () => {} }), onFailure: () => expect.unreachable(), onReboot })
  await unit.start()
  await reboot
})
