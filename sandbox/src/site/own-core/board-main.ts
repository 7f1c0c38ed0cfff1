// sandbox/src/site/own-core/board-main.ts CHIP HOST:PORT: a simulated board on the machine in QEMU. Over one connection to the test it tells what its light does, and is pressed and looked at.
import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { WIRING } from '@fleet/contract/wiring'
import { openBoard, type Board } from '../board/board.ts'
import { light, looksDifferent, type Seen } from '../board/light.ts'
import type { Edge } from '../board/lines.ts'
import type { FromBoard, ToBoard } from './board-words.ts'

const LOOK_MS = 100
const SCRIPTS = '/usr/lib/fleet/own-core'
const [path = '', place = ''] = process.argv.slice(2)
const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6

void run()

async function run(): Promise<void> {
  const led = light()
  const watch = ({ line, level, atMs }: Edge) => {
    if (line === WIRING.led) led.edge(level, atMs)
  }
  const board = await openBoard({ path, watch })
  const colon = place.lastIndexOf(':')
  const socket = connect(Number(place.slice(colon + 1)), place.slice(0, colon))
  socket.once('close', () => process.exit(1)) // systemd starts it again
  socket.on('error', () => {}) // «close» follows
  const tell = (message: FromBoard) => void socket.write(`${JSON.stringify(message)}\n`)
  createInterface({ input: socket }).on('line', (text) => {
    const asked = JSON.parse(text) as ToBoard // the test's own words
    if (asked.ask === 'press') void pressHeard(board).then(() => tell({ tell: 'pressed' }))
    else execFile('sh', [`${SCRIPTS}/${asked.ask}.sh`], (error, output, faults) => tell({ tell: 'printed', lines: `${output}${error === null ? '' : faults}`.trim().split('\n') }))
  })
  let last: Seen | undefined
  for (;;) {
    const seen = led.seen(monotonicMs())
    if (last === undefined || looksDifferent(last, seen)) tell({ tell: 'light', seen })
    if (last?.light !== seen.light) process.stdout.write(`light: ${seen.light}\n`) // for the journal, which knows when
    last = seen
    await after(LOOK_MS)
  }
}

/** As soon as the component listens: the LED may blink long before, and nobody counts a press that nobody hears. */
async function pressHeard(board: Board): Promise<void> {
  while (!board.isHeard(WIRING.button)) await after(LOOK_MS)
  await board.press(WIRING.button, 'clean')
}
