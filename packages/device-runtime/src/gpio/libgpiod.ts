// packages/device-runtime/src/gpio/libgpiod.ts: GPIO lines through the command line tools of libgpiod 2: gpiodetect, gpiomon, gpioset.
import { queue } from '../queue.ts'
import type { Bias, Drive, Edge, Gpio, InputLine, OutputLine } from './gpio.ts'
import { runTool } from './gpio-tool.ts'
import { headerChip } from './header-chip.ts'
import { lineEdges } from './line-edges.ts'
import { lineLoss, type LineLoss } from './line-loss.ts'
import { halfPeriodMs } from './square-wave.ts'

/** `env` tells where the tools are (PATH). */
export const libgpiod = (env: NodeJS.ProcessEnv): Gpio => ({
  openInput: async (line, { bias }) => openInput(line, { bias, chip: await headerChip(env), env }),
  openOutput: async (line) => openOutput(line, { chip: await headerChip(env), env }),
})

interface At {
  readonly chip: string
  readonly env: NodeJS.ProcessEnv
}

const CONSUMER = ['--consumer', 'fleetwright'] // what `gpioinfo` shows as the line's holder

async function openInput(line: number, { bias, chip, env }: At & { bias: Bias }): Promise<InputLine> {
  const edges = queue<Edge>()
  const loss = lineLoss(line)
  loss.onLost((error) => edges.end(error))
  const args = ['--banner', '--chip', chip, ...CONSUMER, '--bias', bias, '--edges', 'both', '--event-clock', 'monotonic', '--format', '%e %S', String(line)]
  const onLine = (text: string) => {
    const edge = edgeOf(text)
    if (edge === undefined) loss.lose(`gpiomon said «${text}»`)
    else edges.push(edge)
  }
  const monitor = await runTool({ command: 'gpiomon', args, env, onLine, loss })
  return { edges: (signal) => lineEdges(edges, loss, signal), [Symbol.asyncDispose]: monitor.stop }
}

/** `%e %S`: 1 is rising, 2 is falling; seconds with nine decimals. */
function edgeOf(text: string): Edge | undefined {
  const [, type, seconds, nanoseconds] = /^([12]) (\d+)\.(\d{9})$/.exec(text) ?? []
  if (seconds === undefined || nanoseconds === undefined) return undefined
  return { level: type === '1' ? 1 : 0, atMs: Number(seconds) * 1000 + Number(nanoseconds) / 1e6 }
}

async function openOutput(line: number, at: At): Promise<OutputLine> {
  const loss = lineLoss(line)
  let holder = await hold({ level: 0 }, line, { ...at, loss })
  return {
    async drive(drive) {
      loss.throwIfLost()
      await holder.stop()
      holder = await hold(drive, line, { ...at, loss })
    },
    watch: (signal) => loss.watch(signal),
    [Symbol.asyncDispose]: () => holder.stop(),
  }
}

/**
 * A gpioset that holds the line and, for a wave, toggles it itself: a process per edge would be too slow, and Debian builds gpioset
 * without `--interactive`, so that it cannot be told of each edge.
 */
function hold(drive: Drive, line: number, { chip, env, loss }: At & { loss: LineLoss }) {
  const toggle = 'level' in drive ? [] : ['--toggle', `${toggleUs(drive.frequencyHz)}us`]
  const level = 'level' in drive ? drive.level : 1
  return runTool({ command: 'gpioset', args: ['--banner', '--chip', chip, ...CONSUMER, ...toggle, `${line}=${level}`], env, loss })
}

const TIMER_SLACK_US = 50 // the kernel's default (prctl(2), PR_SET_TIMERSLACK): gpioset sleeps that much longer than it is told

const toggleUs = (frequencyHz: number) => Math.round(halfPeriodMs(frequencyHz) * 1000) - TIMER_SLACK_US
