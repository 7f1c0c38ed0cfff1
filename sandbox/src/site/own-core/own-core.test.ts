// sandbox/src/site/own-core/own-core.test.ts: nucleus and board as programs of their own, bundled as another machine gets them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { WIRING } from '@fleet/contract/wiring'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { pressEdges } from '../board/press.ts'
import type { FromBoard, ToBoard } from './board-words.ts'
import { bundleOwnCore } from './bundle.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-core-'))
  await bundleOwnCore(folder)
})
afterAll(() => rm(folder, { recursive: true }))

function started(program: string, ...words: readonly string[]) {
  const child = spawn(process.execPath, [join(folder, program), ...words], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await after(50)
}

test('the nucleus starts on a root of its own, and ends when it is told to', async () => {
  const root = join(folder, 'root')
  await writeFile(join(folder, 'init.yaml'), `system:\n  rootpath: ${root}\nservices:\n  aws.greengrass.Nucleus:\n    componentType: NUCLEUS\n    configuration:\n      awsRegion: eu-central-1\n`)
  const core = started('core.cjs', root, join(folder, 'init.yaml'))
  const logged = async () => readFile(join(root, 'logs/greengrass.log'), 'utf8').catch(() => '')
  await until(async () => (await logged()).includes('Launched Nucleus successfully'))
  core.kill('SIGTERM')
  expect(await once(core, 'exit')).toEqual([0, null])
  expect(await logged()).toContain('system-shutdown')
})

test('the board tells what its light does, and is pressed', async () => {
  const heard: FromBoard[] = []
  const server = createServer()
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const chip = join(folder, 'chip')
  started('board.cjs', chip, `127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [visitor] = (await once(server, 'connection')) as [ReturnType<typeof connect>]
  createInterface({ input: visitor }).on('line', (line) => heard.push(JSON.parse(line) as FromBoard))

  const component = connect(chip)
  component.write(`${JSON.stringify({ ask: 'open-output', line: WIRING.led, level: 0 })}\n`)
  let level: 0 | 1 = 0
  const blinking = setInterval(() => component.write(`${JSON.stringify({ ask: 'set', level: (level = level === 0 ? 1 : 0) })}\n`), 50)
  onTestFinished(() => clearInterval(blinking))
  await until(async () => heard.some((message) => message.tell === 'light' && message.seen.light === 'blinking'))

  visitor.write(`${JSON.stringify({ ask: 'press' } satisfies ToBoard)}\n${JSON.stringify({ ask: 'look' } satisfies ToBoard)}\n`)
  await until(async () => heard.some(({ tell }) => tell === 'printed')) // what it was asked for before has begun
  const button = connect(chip)
  button.write(`${JSON.stringify({ ask: 'open-input', line: WIRING.button, bias: 'pull-up' })}\n`)
  let edges = 0
  createInterface({ input: button }).on('line', (line) => (edges += line.includes('edge') ? 1 : 0))
  await until(async () => heard.some(({ tell }) => tell === 'pressed'))
  await until(async () => edges === pressEdges('clean').length) // the press waited for whom it was meant for
  component.destroy()
  await until(async () => {
    const last = heard.findLast((message) => message.tell === 'light')
    return last?.seen.light === 'dark' // nobody drives it any more
  })
})
