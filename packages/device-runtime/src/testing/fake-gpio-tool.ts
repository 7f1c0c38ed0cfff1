// packages/device-runtime/src/testing/fake-gpio-tool.ts: the process behind each fake tool of libgpiod 2: its options and output are the real ones', its chip is a board server.
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { BoardMessage, type BoardRequest } from '@fleet/contract/board'

const [tool, ...args] = process.argv.slice(2)
const common = { banner: { type: 'boolean' }, chip: { type: 'string' }, consumer: { type: 'string' } } as const

if (tool === 'gpiodetect') detect()
else if (tool === 'gpiomon') monitor()
else await set()

function detect(): void {
  for (const [number, label] of (process.env.LABELS ?? '').split(',').entries()) say(`gpiochip${number} [${label}] (58 lines)`)
}

function monitor(): void {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...common, bias: { type: 'string' }, edges: { type: 'string' }, 'event-clock': { type: 'string' }, format: { type: 'string' } },
  })
  const [line = ''] = positionals
  const bias = values.bias === 'pull-up' || values.bias === 'pull-down' ? values.bias : 'disabled'
  board({ ask: 'open-input', line: offset(line, values.chip), bias }, {
    opened: () => values.banner && say(`Monitoring line '${line}'...`),
    edge: (level, atMs) => say((values.format ?? '').replace('%e', level === 1 ? '1' : '2').replace('%S', seconds(atMs))),
  })
}

async function set(): Promise<void> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { ...common, toggle: { type: 'string' } } })
  const [, line = '', value = ''] = /^(\d+)=([01])$/.exec(positionals[0] ?? '') ?? die(`invalid line value: '${positionals[0]}'`)
  const send = board({ ask: 'open-output', line: offset(line, values.chip), level: value === '1' ? 1 : 0 }, {
    opened: () => values.banner && say(`Setting line '${line}'...`),
  })
  const period = /^(\d+)us$/.exec(values.toggle ?? '')?.[1]
  for (let level = Number(value); period !== undefined; ) {
    await sleep(Number(period) / 1000) // like the real one: relative, so that its delays add up
    level = 1 - level
    send({ ask: 'set', level: level === 1 ? 1 : 0 })
  }
}

function board(open: BoardRequest, on: { opened(): void; edge?(level: number, atMs: number): void }): (request: BoardRequest) => void {
  const socket = connect(process.env.BOARD ?? '')
  const send = (request: BoardRequest) => void socket.write(`${JSON.stringify(request)}\n`)
  send(open)
  createInterface({ input: socket }).on('line', (text) => {
    const message = BoardMessage.parse(JSON.parse(text))
    if (message.say === 'opened') on.opened()
    else if (message.say === 'edge') on.edge?.(message.level, message.atMs)
    else die(`unable to request lines on chip '/dev/gpiochip1': ${message.why}`)
  })
  socket.on('close', () => die('error polling for events: No such device'))
  return send
}

/** Lines have offsets only within a chip. */
function offset(line: string, chip: string | undefined): number {
  return chip === 'gpiochip1' ? Number(line) : die(`cannot find line '${line}'`)
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1000)}.${String(Math.floor((ms % 1000) * 1e6)).padStart(9, '0')}`
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function die(why: string): never {
  process.stderr.write(`${tool}: ${why}\n`)
  process.exit(1)
}
