// sandbox/src/site/board/board.test.ts: the simulated board by its socket, as a component uses it.
import { once } from 'node:events'
import { mkdtemp, readlink, rm, stat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { BoardRequest } from '@fleet/contract/board'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openBoard, type Board } from './board.ts'
import type { Edge } from './lines.ts'

let folder: string
let board: Board
let seen: Edge[]
const sockets: Socket[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-board-test-'))
  seen = []
  board = await openBoard({ path: join(folder, 'dev/gpiochip0'), watch: (edge) => seen.push(edge) })
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await board[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function component() {
  const socket = connect(await readlink(join(folder, 'dev/gpiochip0')))
  sockets.push(socket)
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  return {
    socket,
    ask: (request: BoardRequest | string) => void socket.write(`${typeof request === 'string' ? request : JSON.stringify(request)}\n`),
    hear: async () => JSON.parse((await lines.next()).value as string) as Record<string, unknown>,
  }
}

test('the chip stands at its path, as a socket that anyone may use', async () => {
  const chip = await stat(join(folder, 'dev/gpiochip0'))
  expect(chip.isSocket()).toBe(true)
  expect(chip.mode & 0o666).toBe(0o666)
})

test('an output shows the levels that are set, and goes dark when its owner is killed', async () => {
  const led = await component()
  led.ask({ ask: 'open-output', line: 17, level: 0 })
  expect(await led.hear()).toEqual({ say: 'opened' })
  led.ask({ ask: 'set', level: 1 })
  led.ask({ ask: 'set', level: 1 })
  await expect.poll(() => board.level(17)).toBe(1)
  led.socket.destroy()
  await expect.poll(() => board.level(17)).toBe(0)
  expect(seen.map(({ line, level }) => [line, level])).toEqual([[17, 1], [17, 0]])
})

test('a press pulls a pulled-up input to ground, with bounce, each edge with its own rising time', async () => {
  const button = await component()
  button.ask({ ask: 'open-input', line: 16, bias: 'pull-up' })
  expect(await button.hear()).toEqual({ say: 'opened' })
  expect(board.level(16)).toBe(1)
  await board.press(16)
  const edges: Record<string, unknown>[] = []
  for (let count = 0; count < seen.length; count++) edges.push(await button.hear())
  expect(edges.map(({ level }) => level)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
  const times = edges.map(({ atMs }) => atMs as number)
  expect(times).toEqual([...times].sort((a, b) => a - b))
  expect((times[5] ?? 0) - (times[4] ?? 0)).toBeGreaterThan(100)
})

test('who presses while the button is pressed presses it again afterwards', async () => {
  const button = await component()
  button.ask({ ask: 'open-input', line: 16, bias: 'pull-up' })
  await button.hear()
  await Promise.all([board.press(16), board.press(16)])
  expect(seen.map(({ level }) => level)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
  const [, , , , , , , , , released, pressedAgain] = seen.map(({ atMs }) => atMs)
  expect((pressedAgain ?? 0) - (released ?? 0)).toBeGreaterThan(50)
})

test('a pull-down input does not see a contact to ground', async () => {
  const button = await component()
  button.ask({ ask: 'open-input', line: 16, bias: 'pull-down' })
  await button.hear()
  await board.press(16)
  expect(seen).toEqual([])
})

test('a line has one owner; after it the next may have it', async () => {
  const first = await component()
  first.ask({ ask: 'open-output', line: 17, level: 1 })
  await first.hear()
  const second = await component()
  second.ask({ ask: 'open-input', line: 17, bias: 'disabled' })
  expect(await second.hear()).toEqual({ say: 'refused', why: 'line 17 is in use' })
  await once(second.socket, 'end')
  expect(board.level(17)).toBe(1)
  first.socket.destroy()
  await expect.poll(() => board.level(17)).toBe(0)
  const third = await component()
  third.ask({ ask: 'open-output', line: 17, level: 0 })
  expect(await third.hear()).toEqual({ say: 'opened' })
})

test.each(['no json', '{"ask":"open-output","line":17}', '{"ask":"open-output","line":-1,"level":0}'])('%s is refused', async (text) => {
  const bad = await component()
  bad.ask(text)
  expect(await bad.hear()).toMatchObject({ say: 'refused' })
})

test('after a power cut the chip stands again, and what was left is gone', async () => {
  const left = await readlink(join(folder, 'dev/gpiochip0'))
  const next = await openBoard({ path: join(folder, 'dev/gpiochip0') })
  expect(await readlink(join(folder, 'dev/gpiochip0'))).not.toBe(left)
  await expect(stat(left)).rejects.toMatchObject({ code: 'ENOENT' })
  await next[Symbol.asyncDispose]()
})
