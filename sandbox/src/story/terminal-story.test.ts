// sandbox/src/story/terminal-story.test.ts: what a person sees, on a real terminal emulator: narrow, resized, crowded, with lines above.
import { FleetError } from '@fleet/contract/errors'
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import { parseSerialNumber } from '@fleet/contract/serial-number'
import xterm from '@xterm/headless'
import { expect, test } from 'vitest'
import type { Screen } from './live-block.ts'
import type { Overview } from './story.ts'
import { terminalStory } from './terminal-story.ts'

function terminal(columns = 100, rows = 24) {
  const emulator = new xterm.Terminal({ cols: columns, rows, scrollback: 1000, allowProposedApi: true, convertEol: true })
  const listeners = new Set<() => void>()
  const screen: Screen = {
    get columns() {
      return emulator.cols
    },
    get rows() {
      return emulator.rows
    },
    write: (text) => emulator.write(text),
    on: (_event, listener) => listeners.add(listener),
    off: (_event, listener) => listeners.delete(listener),
  }
  const story = terminalStory({ screen, isColoured: true })
  const written = () => new Promise<void>((resolve) => emulator.write('', resolve))
  return {
    story,
    resize: async (toColumns: number, toRows = rows) => {
      await written()
      emulator.resize(toColumns, toRows)
      for (const listener of listeners) listener()
    },
    /** Everything that was printed, the end of what scrolled away included. */
    lines: async (): Promise<string[]> => {
      await written()
      const buffer = emulator.buffer.active
      const lines = Array.from({ length: buffer.length }, (_, index) => buffer.getLine(index)?.translateToString(true) ?? '')
      while (lines.at(-1) === '') lines.pop()
      return lines
    },
  }
}

const serialOf = (number: number) => parseSerialNumber(`10000000${number.toString(16).padStart(8, '0')}`)
const pi = (number: number, presses = 0, stand: Partial<SandboxPi['stand']> = {}): SandboxPi => ({
  serial: serialOf(number),
  power: 'on',
  networkIsCut: false,
  boardIsHot: false,
  clockSkewMs: 0,
  stand: {
    state: 'joined', what: '', connected: true, light: { light: 'blinking', frequencyHz: 1 }, button: { presses },
    components: [{ name: 'fleetwright.led', version: '1.0.0', state: 'RUNNING' }, { name: 'aws.greengrass.Nucleus', version: '2.18.0', state: 'RUNNING' }],
    ...stand,
  },
})
const step = (title: string, state: 'started' | 'going' | 'done' | 'failed', note = '') => ({ title, state, note, tookMs: 1234 })
const overview: Overview = {
  endpoints: {
    pid: 1, stage: 'dev', accountId: '000000000000', region: 'eu-central-1', gateway: 'http://127.0.0.1:4566', gatewayTls: 'https://localhost:4566',
    mqtt: { host: 'localhost', port: 8883 }, console: 'http://127.0.0.1:8080', caFile: '/state/ca.pem', accessKeyId: 'a', secretAccessKey: 's',
  },
  pis: [{ serial: serialOf(1), certificateFile: 'c', privateKeyFile: 'k' }],
}

test('steps come with their ticks and durations, then one line per Pi that stays current, then addresses and five commands', async () => {
  const { story, lines } = terminal()
  story.step(step('cloud twin', 'started'))
  story.step(step('cloud of stage dev', 'started'))
  story.step(step('cloud of stage dev', 'going', '3 of 24'))
  story.step(step('cloud twin', 'done'))
  expect(await lines()).toEqual([expect.stringMatching(/^ ✔ cloud twin +1\.2 s$/), expect.stringMatching(/^ . cloud of stage dev +\d\.\d s {2}3 of 24$/)])
  story.step(step('cloud of stage dev', 'done', '24 resources'))
  story.pi(pi(1, 0))
  story.pi(pi(1, 1))
  expect((await lines()).slice(1)).toEqual([
    expect.stringMatching(/^ ✔ cloud of stage dev +1\.2 s {2}24 resources$/),
    '',
    expect.stringMatching(/^ 1000000000000001 {2}connected {2}● LED on 1\.0 Hz +button 1 +led 1\.0\.0 *$/),
  ])
  story.ready(overview)
  const text = (await lines()).join('\n')
  for (const part of ['http://127.0.0.1:8080', 'http://127.0.0.1:4566', 'mqtts://localhost:8883', `npx fleet led ${serialOf(1)} --frequency 5`]) expect(text).toContain(part)
  expect(text.match(/npx fleet/g)).toHaveLength(5)
  story.ending('SIGINT')
  expect((await lines()).at(-1)).toBe(' SIGINT: switching everything off …')
  story.end()
  expect((await lines()).at(-1)).toMatch(/✔ cloud of stage dev/)
})

test('after resizing, narrower and wider, nothing is left over and nothing is lost', async () => {
  const { story, lines, resize } = terminal(100)
  story.step(step('cloud twin', 'done'))
  for (const number of [1, 2, 3]) story.pi(pi(number))
  for (const columns of [40, 20, 120, 61, 100]) {
    await resize(columns)
    story.pi(pi(1, columns))
    const shown = await lines()
    expect(shown.filter((line) => line.includes('10000000')), `${columns} columns`).toHaveLength(3)
    expect(shown.filter((line) => line.includes('cloud twin'))).toHaveLength(1)
    for (const line of shown.slice(-3)) expect(line.length).toBeLessThan(columns)
  }
  story.end()
})

test('many Pis: as many as fit, the rest is counted, steps and warnings stay above', async () => {
  const { story, lines } = terminal(80, 12)
  story.step(step('cloud twin', 'done'))
  for (let number = 1; number <= 40; number++) story.pi(pi(number))
  story.line({ source: 'cloud' }, JSON.stringify({ time: 't', level: 'warn', source: 'cloud', event: 'iot request refused', reason: 'AUTHORIZATION_FAILURE' }))
  story.ready(overview)
  for (let presses = 1; presses < 30; presses++) story.pi(pi(1, presses))
  const shown = await lines()
  expect(shown.filter((line) => line.includes(' ✔ cloud twin'))).toHaveLength(1)
  expect(shown.filter((line) => line.includes('! cloud  iot request refused: AUTHORIZATION_FAILURE'))).toHaveLength(1)
  expect(shown.filter((line) => line.includes(serialOf(1)) && /button \d/.test(line))).toHaveLength(1)
  expect(shown.filter((line) => line.includes('Console page'))).toHaveLength(1)
  expect(shown.join('\n')).toMatch(/… and 3\d more/)
  story.end()
})

test('a warning of the cloud is printed in one line, once until there is another', async () => {
  const { story, lines } = terminal(80)
  const warn = (fields: object, source = 'cloud') => story.line({ source }, JSON.stringify({ level: 'warn', event: 'iot request refused', ...fields }))
  const refused = { eventType: 'ProvisionDevice', principalId: 'f'.repeat(64), clientId: 'claim_1', reason: 'AccessDenied', details: 'the pre-provisioning hook did not allow it' }
  warn(refused)
  warn(refused)
  warn(refused, 'pi')
  warn({ error: { name: 'Error', message: 'no\nroom', cause: { message: 'disk' } } })
  story.line({ source: 'cloud' }, JSON.stringify({ level: 'info', event: 'device admitted' }))
  story.line({ source: 'cloud' }, 'FATAL ERROR: out of memory')
  expect(await lines()).toEqual([
    ' ! cloud  iot request refused: ProvisionDevice: claim_1: AccessDenied: the pre…',
    ' ! cloud  iot request refused: no room: disk',
    ' ! cloud  FATAL ERROR: out of memory',
  ])
})

test('a flood of warnings is counted, and leaves the steps and the fleet in sight', async () => {
  const { story, lines } = terminal(100, 20)
  story.step(step('cloud twin', 'done'))
  story.pi(pi(1))
  for (let number = 0; number < 200; number++) story.line({ source: 'cloud' }, JSON.stringify({ level: 'warn', event: 'iot request refused', clientId: `pi-${number}` }))
  const shown = await lines()
  expect(shown.filter((line) => line.startsWith(' ! cloud'))).toHaveLength(5)
  expect(shown.filter((line) => line.includes('195 more warnings'))).toHaveLength(1)
  expect(shown.length).toBeLessThan(12)
  story.end()
})

test('words of a device cannot move the cursor', async () => {
  const { story, lines } = terminal()
  story.pi(pi(1, 0, { state: 'refused', what: 'no\u001b[2J\u001b[H\u0007 «listed»\nline 汉' }))
  expect((await lines()).at(-1)).toBe(` ${serialOf(1)}  refused    no?[2J?[H? «listed» line ?`)
})

test('a failure says what, what to do and its code', async () => {
  const { story, lines } = terminal(60)
  story.step(step('cloud twin', 'failed'))
  story.failed(new FleetError('PORT_IN_USE', 'port 4566 (gateway) is taken by another program', 'Choose another port: --gateway-port N.'))
  expect((await lines()).map((line) => line.trimEnd())).toEqual([
    expect.stringMatching(/^ ✘ cloud twin +1\.2 s$/), '', ' error port 4566 (gateway) is taken by another program', ' do    Choose another port: --gateway-port N.', ' code  PORT_IN_USE (docs/ERRORS.md)',
  ])
})

test.each([[10, 5], [1, 1], [3, 2]])('a terminal of %d columns and %d rows does no harm', async (columns, rows) => {
  const { story, lines } = terminal(columns, rows)
  story.step(step('cloud twin', 'started'))
  for (const number of [1, 2, 3]) story.pi(pi(number))
  story.ready(overview)
  story.ending('SIGINT')
  story.end()
  await lines()
})
