// packages/device-runtime/src/gpio/gpio.test.ts: what every adapter of the GPIO port does: the board socket, libgpiod's tools, the board in memory.
import { describe, expect, test, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import { boardServer } from '../testing/board-server.ts'
import { fakeGpioTools } from '../testing/fake-gpio-tools.ts'
import { simulatedBoard } from '../testing/simulated-board.ts'
import { boardSocket } from './board-socket.ts'
import type { Edge, Gpio, Level } from './gpio.ts'
import { libgpiod } from './libgpiod.ts'

const clock = systemClock()

/** An adapter, and the physical side of its board. */
interface Bench extends AsyncDisposable {
  readonly gpio: Gpio
  readonly input: (line: number, level: Level) => void
  readonly shown: (line: number) => readonly Edge[]
  readonly lose: (line: number) => void
  readonly biasOf: (line: number) => string | undefined
}

async function socketBench(): Promise<Bench> {
  const board = await boardServer()
  return { ...onServer(board), gpio: boardSocket(board.path, clock), [Symbol.asyncDispose]: () => board[Symbol.asyncDispose]() }
}

async function libgpiodBench(): Promise<Bench> {
  const board = await boardServer()
  const tools = await fakeGpioTools(board.path)
  const dispose = async () => {
    await tools[Symbol.asyncDispose]()
    await board[Symbol.asyncDispose]()
  }
  return { ...onServer(board), gpio: libgpiod(tools.env), [Symbol.asyncDispose]: dispose }
}

async function memoryBench(): Promise<Bench> {
  const board = simulatedBoard(clock)
  return { gpio: board, input: board.input, shown: board.shown, biasOf: board.biasOf, lose: (line) => board.lose(line, 'gone'), async [Symbol.asyncDispose]() {} }
}

function onServer(board: Awaited<ReturnType<typeof boardServer>>) {
  const biasOf = (line: number) => {
    const request = board.holder(line)
    return request?.ask === 'open-input' ? request.bias : undefined
  }
  return { input: board.input, shown: board.shown, lose: board.drop, biasOf }
}

async function collect(edges: AsyncIterable<Edge>, count: number): Promise<Edge[]> {
  const collected: Edge[] = []
  for await (const edge of edges) if (collected.push(edge) === count) break
  return collected
}

const forever = () => new AbortController().signal
const levels = (edges: readonly Edge[]) => edges.map(({ level }) => level)
/** Every run of `count` edges, with the mean of the times between them. */
const stretches = (edges: readonly Edge[], count: number) =>
  edges.slice(count - 1).map((last, from) => ({ levels: levels(edges.slice(from, from + count)), halfPeriodMs: (last.atMs - edges[from]!.atMs) / (count - 1) }))

describe.each([['board socket', socketBench], ['libgpiod', libgpiodBench], ['memory', memoryBench]])('%s', (_name, open) => {
  test('an input tells each edge with its level and its time', async () => {
    await using bench = await open()
    await using button = await bench.gpio.openInput(16, { bias: 'pull-up' })
    expect(bench.biasOf(16)).toBe('pull-up')
    const before = clock.monotonicMs()
    bench.input(16, 0)
    bench.input(16, 1)
    const edges = await collect(button.edges(forever()), 2)
    expect(levels(edges)).toEqual([0, 1])
    for (const { atMs } of edges) expect(atMs).toBeGreaterThanOrEqual(before)
    expect(edges[1]!.atMs).toBeLessThanOrEqual(clock.monotonicMs())
  })

  test('the edges end when the signal aborts', async () => {
    await using bench = await open()
    await using button = await bench.gpio.openInput(16, { bias: 'pull-up' })
    const over = new AbortController()
    const edges = collect(button.edges(over.signal), 2)
    over.abort()
    expect(await edges).toEqual([])
  })

  test('an output begins with 0 and shows the level it is driven to', async () => {
    await using bench = await open()
    await using led = await bench.gpio.openOutput(17)
    await led.drive({ level: 1 })
    await vi.waitFor(() => expect(levels(bench.shown(17)).at(-1)).toBe(1))
    await led.drive({ level: 0 })
    await vi.waitFor(() => expect(levels(bench.shown(17)).at(-1)).toBe(0))
    expect(bench.shown(17)[0]!.level).toBe(0)
  })

  test('an output shows a square wave until it is driven otherwise', async () => {
    await using bench = await open()
    await using led = await bench.gpio.openOutput(17)
    await led.drive({ frequencyHz: 20 })
    // A busy machine makes some edges late, and leaves out those that are overdue: the wave is looked for where it had the time.
    await vi.waitFor(() => expect(stretches(bench.shown(17), 11)).toContainEqual({ levels: [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1], halfPeriodMs: expect.closeTo(25, -1) }))
    await led.drive({ level: 0 })
    await vi.waitFor(() => expect(levels(bench.shown(17)).at(-1)).toBe(0))
  })

  test('a line has one owner, and is free again when it was given back', async () => {
    await using bench = await open()
    const first = await bench.gpio.openInput(16, { bias: 'pull-up' })
    await expect(bench.gpio.openInput(16, { bias: 'pull-up' })).rejects.toMatchObject({ code: 'GPIO_LINE_UNAVAILABLE', message: expect.stringContaining('busy') })
    await first[Symbol.asyncDispose]()
    await using again = await bench.gpio.openInput(16, { bias: 'pull-up' })
    expect(again).toBeDefined()
  })

  test('who holds a line that is lost is told', async () => {
    await using bench = await open()
    await using button = await bench.gpio.openInput(16, { bias: 'pull-up' })
    await using led = await bench.gpio.openOutput(17)
    const buttonLost = expect(collect(button.edges(forever()), 1)).rejects.toMatchObject({ code: 'GPIO_LINE_UNAVAILABLE' })
    const ledLost = expect(led.watch(forever())).rejects.toMatchObject({ code: 'GPIO_LINE_UNAVAILABLE' })
    bench.lose(16)
    bench.lose(17)
    await Promise.all([buttonLost, ledLost])
    await expect(led.drive({ level: 1 })).rejects.toMatchObject({ code: 'GPIO_LINE_UNAVAILABLE' })
  })
})
